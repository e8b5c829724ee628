//! The command line as an analyst meets it: files in, JSON out, exit codes.

//! The analyst's command line: files in, JSON out, the mathematics in `ltv`. The binary only hands over its arguments.

//! When somebody needs the same thing again.

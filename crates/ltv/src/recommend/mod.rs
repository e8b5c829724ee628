//! What somebody may want next: again, and for the first time.

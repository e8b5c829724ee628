//! What a message caused, against those left alone.

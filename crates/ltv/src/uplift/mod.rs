//! Whom to send to, when every message has a price.

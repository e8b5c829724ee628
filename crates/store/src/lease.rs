//! Leases: who does a duty, until when, under which fence.

//! The CRM itself, one module per capability, hung on the one way.

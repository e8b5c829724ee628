//! HTTP: admin API, webhooks, redirects, the built pages.

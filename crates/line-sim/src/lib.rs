//! A LINE Platform on your laptop: same endpoints, rules, errors, webhooks, and phones in the browser.

//! The LINE Platform as types: messages, actions, webhook events, signature, clients, limits and validation. Knows nothing of Enishi.

//! The command against the real provider and host.

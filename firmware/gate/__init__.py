"""The gate terminal: from bytes off a QR reader to a relay. See docs/architecture.md."""

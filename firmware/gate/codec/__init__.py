"""Bytes to structures, sans I/O. Knows nothing of keys that are trusted, of rules or of time."""

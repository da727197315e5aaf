"""The local outbox: a folder instead of a carrier."""

"""Time stamps of sealed days by an authority outside the court (RFC 3161)."""

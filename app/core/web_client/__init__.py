"""HTTP to addresses that others named."""

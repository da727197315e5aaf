"""The room for what is due when."""

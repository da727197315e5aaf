"""The room for what comes back by text."""

"""The JSON API: tokens, its document, other systems."""

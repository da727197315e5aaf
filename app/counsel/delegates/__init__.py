"""Delegates: counsel lets somebody act for them, and ends it."""

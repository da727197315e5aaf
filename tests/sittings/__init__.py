"""Hearings of several sittings."""

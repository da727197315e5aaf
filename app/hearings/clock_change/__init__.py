"""Hearings keep their wall-clock time when the rules of a time zone change."""

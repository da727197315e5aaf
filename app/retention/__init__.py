"""Retention: how long a record is kept, and what erasing blanks."""

"""Shared foundations: database, web, calendars, wording, errors, links."""

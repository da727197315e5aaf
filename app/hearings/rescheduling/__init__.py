"""Requests to move a hearing."""

"""Counsel says when they cannot come: days away, and the address of their own calendar."""

"""Counsel asks to be called back by the court."""

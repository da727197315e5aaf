"""Carriers: what takes a message out over a channel, one folder each."""

"""Witnesses: what this installation saw of another court's sealed days, signed and kept."""

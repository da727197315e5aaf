"""Calls for programs that keep a court's data: cases and counsel, tasks, messages, lists, files."""

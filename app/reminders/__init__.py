"""Reminders of a hearing's date, and escalation for people not shown to know it."""

"""The search for slots for many hearings at once."""

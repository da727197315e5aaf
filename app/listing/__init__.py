"""List many hearings at once: find slots for all of them together, as a draft that is then sent."""

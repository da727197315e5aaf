"""Pure: openings that suit everybody, court hours, busy time, days as a strip."""

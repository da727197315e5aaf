"""What came in at the court, noted by hand: that a side has filed and when, not what."""

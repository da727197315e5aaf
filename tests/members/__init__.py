"""People who are needed at a hearing and are outside the court."""

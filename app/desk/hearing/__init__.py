"""The page of one hearing: what is next, its counsel, answers and record."""

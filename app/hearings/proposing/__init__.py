"""The page on which slots are proposed."""

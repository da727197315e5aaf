"""When people and courtrooms are free."""

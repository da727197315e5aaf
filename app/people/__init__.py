"""The room for the court's own people: users, sign-in, roles, API tokens."""

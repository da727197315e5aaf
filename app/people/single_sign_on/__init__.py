"""Single sign-on by OpenID Connect: the provider, identities of users, and the pages."""

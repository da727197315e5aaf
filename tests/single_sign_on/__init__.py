"""Tests of single sign-on, with npm's oidc-provider as a real server on loopback."""

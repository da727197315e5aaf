"""Second factors: authenticator apps, passkeys and recovery codes, at the sign-in and after it."""

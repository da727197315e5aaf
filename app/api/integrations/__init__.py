"""API of events and webhooks: what other systems are told."""

"""Tests of webhooks, with real receivers on loopback."""

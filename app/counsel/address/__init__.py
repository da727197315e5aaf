"""Counsel's address for service: confirmed, changed with a code; consent to electronic service."""

"""Counsel's answers, and what follows from them."""

"""Counsel's answers: taking, confirming and acting on them."""

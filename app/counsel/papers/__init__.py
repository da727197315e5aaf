"""Counsel's pages of papers: give in, read what others filed, the receipt."""

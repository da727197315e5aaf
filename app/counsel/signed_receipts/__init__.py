"""Signed receipts for what counsel did."""

"""Tests of the needs of people who come to hearings."""

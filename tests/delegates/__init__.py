"""Tests of delegates of counsel."""

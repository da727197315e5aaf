"""Tests of questions to the court."""

"""Tests of app.papers."""

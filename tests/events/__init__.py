"""Tests of the events that other systems are told of."""

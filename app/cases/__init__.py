"""The room for cases, parties, counsel, courtrooms, judges."""

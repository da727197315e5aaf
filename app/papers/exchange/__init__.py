"""Exchange of evidence: papers of all sides until a close, seen at once or sealed until it."""

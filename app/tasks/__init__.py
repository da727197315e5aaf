"""Tasks for the court's people."""

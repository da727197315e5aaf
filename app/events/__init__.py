"""Events of a court for other systems: published with each act, numbered, and read in order."""

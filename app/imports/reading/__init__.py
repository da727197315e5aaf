"""Files of courts, read as a person sees them."""

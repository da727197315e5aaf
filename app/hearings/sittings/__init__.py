"""Sittings: the times and courtrooms of a slot or a hearing, one or several."""

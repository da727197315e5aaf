"""Every act of counsel and of the court on what counsel ask, tried by one table (see table.py)."""

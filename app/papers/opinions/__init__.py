"""Opinions of counsel on the evidence of other sides, and the record sheet that lists them."""

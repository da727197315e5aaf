"""The room for propose, answer, fix, move, cancel; counsel's page."""

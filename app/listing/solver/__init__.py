"""Optimizer that places many hearings at once.

A greedy listing is improved by CP-SAT (`model`) and by large-neighbourhood search (`iterations`,
`destroy`, `moves`), while column generation (`bound`, `plans`, `demand`) proves a lower bound.
"""

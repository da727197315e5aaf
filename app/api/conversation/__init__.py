"""Resources of what counsel and the court tell each other: questions, papers, evidence, needs."""

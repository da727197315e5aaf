"""Resources of what counsel and the court say to each other: questions, papers, needs."""

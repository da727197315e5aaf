"""What counsel can read without asking: answers that the court has, and the page of help."""

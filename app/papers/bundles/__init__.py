"""Papers of a case together: a zip of the files as filed, one PDF with a cover sheet."""

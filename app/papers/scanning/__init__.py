"""Scanning of files for malware; what is found is set aside, and can be released by the court."""

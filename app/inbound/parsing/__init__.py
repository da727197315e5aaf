"""Pure: parsers for mails, calendar replies and texts; all input is untrusted."""

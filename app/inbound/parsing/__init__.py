"""Pure: mails, calendar replies and texts, read from bytes that anybody may have written."""

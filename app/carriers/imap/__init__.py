"""The court's mailbox by IMAP."""

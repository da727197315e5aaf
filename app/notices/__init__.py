"""The room for the queue, the letters, the record of contact, sending, receipts."""

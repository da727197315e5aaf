"""Contact with counsel by hand: calls, chats, and messages that are copied and handed on."""

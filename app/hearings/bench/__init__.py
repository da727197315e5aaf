"""The bench of a hearing: its members, their booking, and the replacement of one."""

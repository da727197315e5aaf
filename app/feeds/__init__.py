"""The room for calendars to subscribe to."""

"""The court's calendar: a week or a day by the hour, its panels, and the cause list."""

"""What every feature stands on: database, web, calendars, wording, errors, links."""

"""A case on one page: its people, its hearings, its record, and a contact logged by hand."""

from app.hearings.views import bp as bp

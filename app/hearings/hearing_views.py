"""A hearing on one page: what is next, who said what, who was reached how; fix and cancel."""

from app.hearings.views import bp as bp

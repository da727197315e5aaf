"""Propose, ask again, move: slots typed on a page, shown as messages, then sent."""

from app.hearings.views import bp as bp

"""Calendar file: the fixed date as iCalendar, for counsel to open in a calendar program."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import web
from app.core.ical import feed
from app.counsel import access
from app.counsel import page as counsel_page
from app.counsel.access import Rejection
from app.counsel.page_state import CounselPage
from app.hearings import calendar_events


@access.page
def show(page: CounselPage) -> ResponseReturnValue:
    """Return the date as a file, which carries no link. 404 if there is no date."""
    event = calendar_events.fixed_event(page.hearing, web.language())
    if event is None:
        message = gettext("There is no date yet, so there is nothing for a calendar.")
        return counsel_page.render(page, Rejection(404, message)), 404
    court = (page.court.name, web.services().settings.court_address)
    body = feed.feed(page.case.number, [event], stamp=page.hearing.changed_at, organizer=court)
    return body, {
        "Content-Type": "text/calendar; charset=utf-8; method=PUBLISH",
        "Content-Disposition": 'attachment; filename="hearing.ics"',
    }

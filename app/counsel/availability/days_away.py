"""Days away: counsel says when they cannot come to this court, and lists or removes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Request
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from app.cases.models import Away
from app.core import web
from app.core.db import db
from app.core.errors import N_, Refusal
from app.core.web.params import row_number
from app.counsel import access
from app.counsel.access import NOT_REJECTED, Rejection, Submission
from app.counsel.page_state import CounselPage
from app.hearings.availability import away, busy_calendars
from app.hearings.availability.away import AwayFields


@dataclass(frozen=True)
class DaysAwayForm:
    """Days to add, as typed; or ``removed_ids``, the entries to take back, of that other form."""

    days: AwayFields = away.EMPTY
    removed_ids: tuple[int, ...] | None = None


def read(request: Request) -> DaysAwayForm:
    """Return the form of a request."""
    ticked = request.form.getlist("back")[: away.MOST]
    removed = tuple(row_number(each) or 0 for each in ticked)
    removes = bool(removed or request.form.get("remove"))
    return DaysAwayForm(away.parse(request.form), removed if removes else None)


def render(
    page: CounselPage, form: DaysAwayForm, rejection: Rejection, address: str | None = None
) -> str:
    """Render the entries and the forms to change them; ``address`` is of counsel's calendar."""
    calendar = busy_calendars.find_calendar(db.session(), page.counsel.id)
    return access.render(
        "counsel/days_away.html",
        page,
        rejection,
        days_away=upcoming(page),
        form=form,
        calendar=calendar,
        address=address or (calendar.address if calendar else ""),
    )


def upcoming(page: CounselPage) -> Sequence[Away]:
    """Return counsel's days away from today on, by the court's date."""
    today = web.now().astimezone(ZoneInfo(page.court.zone)).date()
    return away.current_entries(db.session(), page.counsel.id, today)


def line(page: CounselPage) -> str:
    """Return how many days away are entered, for the list on counsel's page."""
    count = len(upcoming(page))
    if not count:
        return gettext("No days away yet")
    return ngettext("%(num)s entry", "%(num)s entries", count)


@access.page
def show(page: CounselPage) -> str:
    """Show counsel's days away, which they alone see, and the forms to change them."""
    return render(page, DaysAwayForm(), NOT_REJECTED)


@access.act(read, render, then="counsel.days_away")
def submit(session: Session, submission: Submission[DaysAwayForm]) -> None:
    """Add days, or take entries back."""
    form, invitation_id = submission.form, submission.invitation.id
    if form.removed_ids is None:
        away.add_days(session, invitation_id, form.days, submission.now)
    elif not form.removed_ids:
        raise Refusal(N_("Tick what is to be removed, then press the button."))
    else:
        away.remove_days(session, invitation_id, form.removed_ids)

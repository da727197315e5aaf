"""Days away: counsel says when they cannot come to this court, and lists or removes them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Request
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.cases.models import Away
from app.core import web
from app.core.db import db
from app.core.errors import N_, Refusal
from app.core.web.params import row_number
from app.counsel import access
from app.counsel.access import NOT_REJECTED, CaseSubmission, Rejection
from app.counsel.page_state import CasePage, CountedFor
from app.hearings.acting_counsel import ActingCounsel
from app.hearings.availability import away, busy_calendars
from app.hearings.availability.away import AwayFields


@dataclass(frozen=True)
class DaysAwayForm:
    """Days to add, as typed; or ``removed_ids``, the entries to take back, of that other form.

    ``hearing_id`` is the hearing from whose page it was sent, None for none.
    """

    days: AwayFields = away.EMPTY
    removed_ids: tuple[int, ...] | None = None
    hearing_id: int | None = None


def read(request: Request) -> DaysAwayForm:
    """Return the form of a request."""
    ticked = request.form.getlist("back")[: away.MOST]
    removed = tuple(row_number(each) or 0 for each in ticked)
    removes = bool(removed or request.form.get("remove"))
    return DaysAwayForm(
        away.parse(request.form), removed if removes else None, access.sent_hearing(request)
    )


def render(
    page: CasePage, form: DaysAwayForm, rejection: Rejection, address: str | None = None
) -> str:
    """Render the entries and the forms to change them; ``address`` is of counsel's calendar."""
    calendar = busy_calendars.find_calendar(db.session(), page.counsel.id)
    return access.render(
        "counsel/days_away.html",
        page,
        rejection,
        days_away=upcoming(page),
        form=form,
        hearing_id=access.hearing_id(page),
        calendar=calendar,
        address=address or (calendar.address if calendar else ""),
    )


def upcoming(page: CasePage) -> Sequence[Away]:
    """Return counsel's days away from today on, by the court's date."""
    return away.current_entries(db.session(), page.counsel.id, _today(page))


def _today(page: CasePage) -> dt.date:
    return web.now().astimezone(ZoneInfo(page.court.zone)).date()


def counting(of: CountedFor) -> sa.Select[int]:
    """Select how many days away counsel has entered."""
    return away.counting_current(of.counsel_id, of.today)


def line(_page: CasePage, count: int) -> str:
    """Say how many days away are entered, for the list on counsel's page."""
    return ngettext("%(num)s entry", "%(num)s entries", count)


@access.case_page
def show(page: CasePage) -> str:
    """Show counsel's days away, which they alone see, and the forms to change them."""
    return render(page, DaysAwayForm(), NOT_REJECTED)


@access.case_act(read, render, then="counsel.days_away")
def submit(session: Session, submission: CaseSubmission[DaysAwayForm]) -> None:
    """Add days, or take entries back."""
    form, representation = submission.form, submission.representation
    if form.removed_ids is None:
        acting = ActingCounsel.representing(session, representation, form.hearing_id)
        away.add_days(session, acting, form.days, submission.now)
    elif not form.removed_ids:
        raise Refusal(N_("Tick what is to be removed, then press the button."))
    else:
        away.remove_days(session, representation.counsel_id, form.removed_ids)

"""Own calendar: counsel gives the address at which their busy times can be read."""

from dataclasses import dataclass

from flask import Request
from sqlalchemy.orm import Session

from app.core import web
from app.counsel import access
from app.counsel.access import CaseSubmission, Rejection
from app.counsel.availability import days_away
from app.counsel.availability.days_away import DaysAwayForm
from app.counsel.page_state import CasePage
from app.hearings.availability import busy_calendars


@dataclass(frozen=True)
class OwnCalendarForm:
    """Address of a calendar as typed; an empty one removes it."""

    address: str


def read(request: Request) -> OwnCalendarForm:
    """Return the form of a request."""
    return OwnCalendarForm(request.form.get("address", "")[:4000])


def render(page: CasePage, form: OwnCalendarForm, rejection: Rejection) -> str:
    """Render the page of days away, on which the address is given."""
    return days_away.render(page, DaysAwayForm(), rejection, form.address)


@access.case_act(read, render, then="counsel.days_away")
def submit(session: Session, submission: CaseSubmission[OwnCalendarForm]) -> None:
    """Keep the address of counsel's own calendar, or remove it."""
    fetcher = web.services().external.calendars
    address, counsel_id = submission.form.address, submission.representation.counsel_id
    busy_calendars.set_address(session, counsel_id, address, fetcher, submission.now)

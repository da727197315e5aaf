"""Counsel's page of a case: one hearing as it is now, its form to answer, all others in a line.

Reading it decides nothing. Each visit is recorded, see ``visit_log`` for what that proves.
"""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.cases import delegates
from app.core import web, wording
from app.core.db import db, release_session, retrying
from app.core.errors import N_
from app.core.ical import web_calendar_links
from app.core.matters import Matter
from app.core.runtime.logs import one_line_error
from app.counsel import access, case_hearings, move_requests, visit_log
from app.counsel.access import NOT_REJECTED, Rejection
from app.counsel.availability import days_away
from app.counsel.case_hearings import CaseHearing, HearingStatus
from app.counsel.page_state import CasePage, CounselPage
from app.hearings import calendar_events
from app.hearings.answers.forms import AnswerForm
from app.hearings.availability import away
from app.hearings.availability.away import AwayFields
from app.hearings.availability.half_day_choice import KnownDays, half_day_calendar
from app.hearings.half_days import HalfDayWeek
from app.hearings.rescheduling.asking import MAX_REASON
from app.hearings.rules import Span
from app.record.rules import Event

log = logging.getLogger("tingqi.reply")
NO_ERRORS: Mapping[str, str] = {}
WITHOUT_GOOGLE = ("CN",)


@dataclass(frozen=True)
class CalendarChoice:
    """A calendar into which the date can be put, by opening an address."""

    label: str
    icon: str
    address: str
    note: str = ""


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show a hearing as it is now; 410 if answers came too late and no date is fixed."""
    agent = visit_log.agent_class(request.method, dict(request.headers))
    if record_visit(_visitor(page, access.chosen(page)), Event.FETCHED, agent):
        page = access.enter_case(page.token)
    page = access.with_hearing(page)
    if not isinstance(page, CounselPage):
        return access.render("counsel/case.html", page)
    over = page.status == HearingStatus.LATE and page.hearing.starts_at is None
    return render(page), 410 if over else 200


@access.case_page
def opened(page: CasePage) -> ResponseReturnValue:
    """Record that a person has the page open, as reported by its script."""
    page = access.with_hearing(page)
    if not access.sent_from_page(page):
        return "", 422
    if visit_log.agent_class(request.method, dict(request.headers)) == visit_log.UNSEEN:
        record_visit(_visitor(page, access.chosen(page)), Event.OPENED, "person")
    return "", 204


def record_visit(visitor: visit_log.Visitor, event: Event, agent: str) -> bool:
    """Record a visit; return whether a transaction ended, so that the page must be read again.

    The visitor gets their page even if the database is too busy to record the visit.
    """
    now, visit = web.now(), visit_log.Visit(visitor, event, agent, request.method)
    if visit_log.is_recent(db.session(), visit, now):
        return False
    try:
        retrying(lambda session: visit_log.write(session, visit, now))
    except sa.exc.OperationalError as error:
        release_session()
        reason = one_line_error(error)
        log.warning("could not record a visit of %s: %s", visit.visitor.attempt, reason)
    return True


def _visitor(page: CasePage, chosen: CaseHearing | None) -> visit_log.Visitor:
    """Return who visits the page of a case, at a hearing to which they were invited."""
    attempt = f"i{chosen.invitation_id}" if chosen else f"r{page.representation.id}"
    visitor = visit_log.Visitor(
        court_id=page.court.id,
        case_id=page.case.id,
        about=str(Matter.hearing(chosen.id) if chosen else Matter.case(page.case.id)),
        hearing_id=chosen.id if chosen else None,
        attempt=attempt,
        counsel_id=page.counsel.id,
        side=chosen.side if chosen else page.party.side,
        name=page.counsel.name,
    )
    if page.delegate is None:
        return visitor
    # That a delegate came proves nothing of counsel: the visit is one of nobody's counsel.
    return replace(
        visitor,
        attempt=f"d{page.delegate.id}.{attempt}",
        counsel_id=None,
        side=delegates.SIDE,
        name=page.delegate.name,
        principal=page.counsel.name,
        delegate_id=page.delegate.id,
    )


def render(
    page: CounselPage,
    rejection: Rejection = NOT_REJECTED,
    *,
    answer_form: AnswerForm | None = None,
    days_away_form: AwayFields = away.EMPTY,
    days_away_errors: Mapping[str, str] = NO_ERRORS,
) -> str:
    """Render the page; the form holds ``answer_form``, or the answer that is recorded."""
    session, now = db.session(), web.now()
    answered, own = page.status == HearingStatus.ANSWERED, page.delegate is None
    beside = page.beside if own else None
    half_days = page.invitation.half_days if page.invitation.answered_at else ()
    recorded = AnswerForm(
        says={each.slot.id: each.says for each in page.slots},
        comment=page.invitation.comment if answered else "",
        none=bool(half_days),
        half_days=tuple(map(str, half_days)),
    )
    event = calendar_events.fixed_event(page.hearing, web.language())
    return access.render(
        "counsel/page.html",
        page,
        rejection,
        answer_form=answer_form or recorded,
        days_away_form=days_away_form,
        days_away_errors=days_away_errors,
        days_away=days_away.upcoming(page) if answered and beside and beside.away else [],
        ahead=case_hearings.ahead(session, page.counsel, page.case, now)
        if own and (beside is None or beside.ahead)
        else [],
        unanswered=case_hearings.unanswered(session, page.counsel, page.case, now)
        if own and (beside is None or beside.unanswered)
        else [],
        half_day_weeks=_half_day_weeks(page, now) if page.open else (),
        calendar_choices=calendar_choices(page, event) if event else [],
        clock_times=_clock_times,
        opinion_form=move_requests.OpinionForm(),
        max_reason=MAX_REASON,
    )


def _half_day_weeks(page: CounselPage, now: dt.datetime) -> tuple[HalfDayWeek, ...]:
    beside, proposal = page.beside, page.proposal
    known = KnownDays(
        closed=beside.closed if beside else None,
        slots=[Span(each.starts_at, each.ends_at) for each in proposal.slots]
        if proposal.round == 1
        else None,
        is_away=beside is None or bool(beside.away or beside.busy),
    )
    calendar = half_day_calendar(db.session(), page.hearing, page.counsel.id, now, known)
    return tuple(calendar.weeks)


def calendar_choices(page: CounselPage, event: Mapping[str, Any]) -> list[CalendarChoice]:
    """Return how the date can be put into a calendar, what is usual in the court's country first.

    Google cannot be reached from the mainland of China: there it is the last choice.
    """
    addresses = web_calendar_links.addresses(event)
    file = CalendarChoice(
        N_("Calendar of this phone or computer"),
        "calendar-plus",
        url_for("counsel.calendar_file", token=page.token),
        N_("A calendar file (.ics)"),
    )
    google = CalendarChoice("Google", "google", addresses["google"])
    outlook = [
        CalendarChoice(N_("Outlook, work or school"), "microsoft", addresses["office"]),
        CalendarChoice("Outlook.com", "microsoft", addresses["outlook"]),
    ]
    if page.court.country in WITHOUT_GOOGLE:
        return [file, *outlook, google]
    return [google, *outlook, file]


def _clock_times(times: Sequence[dt.datetime], zone: str) -> str:
    return wording.listed((wording.clock(at, zone) for at in times), web.language())

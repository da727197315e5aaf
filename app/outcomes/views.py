"""Pages on which outcomes are entered: of one hearing, and of all hearings of a day."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import Invalid, NotFound, Refusal
from app.core.forms import load
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import translated_errors
from app.hearings import queries as hearing_queries
from app.hearings.models import Hearing, HearingMember
from app.hearings.scheduling import CourtContext
from app.hearings.sittings.rules import Sitting
from app.outcomes import form_fields, notifications, queries, rules, service
from app.outcomes.form_fields import OutcomeFields
from app.outcomes.forms import OutcomeIn
from app.outcomes.models import HearingOutcome
from app.outcomes.queries import Participant
from app.outcomes.rules import Outcome, OutcomeCause
from app.people.models import User
from app.record.rules import EvidenceGrade

bp = Blueprint("outcomes", __name__)


@dataclass
class OutcomeRow:
    """One hearing with the fields of its outcome, and what is wrong with them."""

    hearing: Hearing
    people: Sequence[Participant]
    members: Sequence[HearingMember] = ()
    current: HearingOutcome | None = None
    fields: OutcomeFields = field(default_factory=OutcomeFields)
    errors: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""


@bp.app_template_global()
def outcome_look(outcome: str) -> Outcome:
    """Return an outcome with its label, icon and look."""
    return Outcome(outcome)


@bp.app_template_global()
def outcome_cause_label(cause: str) -> str:
    """Return the label of a cause in the language of the page, or ""."""
    return gettext(OutcomeCause(cause).label) if cause else ""


@bp.app_template_global()
def outcome_entry_words(kind: str, detail: Mapping[str, Any]) -> str:
    """Describe an entry of the record about an outcome or an absence; "" for a malformed one."""
    try:
        if kind in ("absence", "member_absence"):
            grade = gettext(EvidenceGrade(detail["grade"]).label)
            return gettext("Notice of this date when it began: %(grade)s", grade=grade)
        words = [Outcome(detail["outcome"]).label]
        words += [OutcomeCause(detail["cause"]).label] if detail.get("cause") else []
        text = wording.colon(web.language()).join(map(gettext, words))
        if int(detail["number"]) == 1:
            return text
        correction = gettext("correction, entry %(number)s", number=detail["number"])
        return text + wording.aside(correction, web.language())
    except (KeyError, TypeError, ValueError):
        return ""


@bp.app_template_global()
def outcome_history(hearing: Hearing) -> Sequence[HearingOutcome]:
    """Return all entries of a hearing's outcome, the newest first."""
    return queries.history(db.session(), hearing.id)


@bp.app_template_global()
def member_absence(hearing: Hearing, judge_id: int) -> bool:
    """Tell whether a member is recorded as absent from a hearing."""
    current = queries.current(db.session(), hearing.id) if hearing.outcome else None
    return current is not None and judge_id in current.absent_member_ids


@bp.app_template_global()
def outcome_row(hearing: Hearing) -> OutcomeRow:
    """Return a hearing with blank fields, for the form on its page."""
    return _rows([hearing])[0]


@bp.app_template_global()
def outcome_choices() -> dict[str, Any]:
    """Return what can be chosen in the form of an outcome."""
    return {"outcomes": list(Outcome), "causes": rules.CAUSES, "most": rules.MAX_REASON}


def _rows(
    hearings: Sequence[Hearing], typed: Mapping[int, OutcomeFields] | None = None
) -> list[OutcomeRow]:
    """Return rows for some hearings; the version of their fields is always the present one."""
    session, typed = db.session(), typed or {}
    people = queries.expected(session, hearings)
    entered = queries.of_hearings(session, [each.id for each in hearings])
    found = []
    for hearing in hearings:
        current = entered.get(hearing.id)
        fields = typed.get(hearing.id) or _fields_of(current)
        fields.version = f"{hearing.revision}.{current.number if current else 0}"
        counsel, members = people[hearing.id].counsel, people[hearing.id].members
        found.append(
            OutcomeRow(hearing, list(counsel.values()), list(members.values()), current, fields)
        )
    return found


def _fields_of(current: HearingOutcome | None) -> OutcomeFields:
    if current is None:
        return OutcomeFields()
    absent = [str(each) for each in sorted(current.absent_ids)]
    absent += [f"m{each}" for each in sorted(current.absent_member_ids)]
    return OutcomeFields(current.outcome, current.cause, current.reason, absent=absent)


# --- one hearing ---------------------------------------------------------------------------------


@bp.get("/hearings/<int:hearing_id>/outcome")
@signed_in
def hearing(hearing_id: int) -> Any:
    """Show the form of one hearing's outcome, or why it can have none."""
    row = _row(hearing_id)
    try:
        service.check_open(row.hearing, web.now())
    except Refusal as fault:
        row.refused = web.translated(fault.message)
    return _hearing_page(row)


@bp.post("/hearings/<int:hearing_id>/outcome")
@signed_in
@shows_again
def enter(hearing_id: int) -> Any:
    """Enter the outcome of one hearing; then show it, or the form of the next hearing."""
    typed = form_fields.parse(request.form.items(multi=True)).get(hearing_id, OutcomeFields())
    if only_shown():
        return _hearing_page(_row(hearing_id, typed))
    if refused := _save({hearing_id: typed}).get(hearing_id):
        row = _row(hearing_id, typed)
        row.errors, row.refused = refused.errors, refused.words
        return _hearing_page(row), refused.status
    flash(_saved_words(hearing_id), "ok")
    if request.form.get("do") == "next":
        case_id = _row(hearing_id).hearing.case_id
        return redirect(url_for("proposing.new", case_id=case_id, after=hearing_id), 303)
    return redirect(url_for("hearing.shown", hearing_id=hearing_id), 303)


def _saved_words(hearing_id: int) -> str:
    due_at = notifications.waiting(db.session(), [hearing_id]).get(hearing_id)
    text = gettext("The outcome is on the record. Counsel of all sides see it on their page.")
    if due_at is None:
        return text
    at = wording.moment(due_at, current_user.court.zone, web.language())
    more = gettext("They get a message at %(when)s; until then a change replaces it.", when=at)
    return f"{text}{'' if web.language() == 'zh' else ' '}{more}"


@bp.app_template_global()
def outcome_gives_up(hearing: Hearing) -> Sequence[Sitting]:
    """Return the sittings that are given up if a hearing's outcome is entered now."""
    return service.days_ahead(hearing, web.now())


@bp.app_template_global()
def outcome_message_due(hearing: Hearing) -> dt.datetime | None:
    """Return when the message about a hearing's outcome goes out; None where none waits."""
    return notifications.waiting(db.session(), [hearing.id]).get(hearing.id)


def _row(hearing_id: int, typed: OutcomeFields | None = None) -> OutcomeRow:
    found = hearing_queries.find_hearing(db.session(), current_user.court_id, hearing_id)
    return _rows([found], {hearing_id: typed} if typed else None)[0]


def _hearing_page(row: OutcomeRow) -> str:
    case = row.hearing.case
    return render_template("outcomes/hearing.html", row=row, case=case, zone=case.court.zone)


@dataclass(frozen=True)
class RefusedOutcome:
    """Why an outcome was not saved: errors by field, or words, and the status of the response."""

    errors: Mapping[str, str]
    words: str
    status: int


def _save(typed: Mapping[int, OutcomeFields]) -> dict[int, RefusedOutcome]:
    """Save outcomes by hearing id in one transaction; return those that were refused.

    Each is written within a savepoint, so that one that is refused stops no other; in the order of
    their hearings, so that two people who save the same day wait for each other.
    """
    user_id, now, secret = current_user.id, web.now(), web.secret()

    def work(session: Session) -> dict[int, Refusal | Invalid]:
        user = session.get_one(User, user_id)
        context = CourtContext(user.court, user, now, secret)
        refused: dict[int, Refusal | Invalid] = {}
        for hearing_id, fields in sorted(typed.items()):
            try:
                with session.begin_nested():
                    form = load(OutcomeIn, fields.as_input())
                    service.enter(session, context, hearing_id, form, revision=fields.revision)
            except (Refusal, Invalid) as fault:
                refused[hearing_id] = fault
        return refused

    return {hearing_id: _refused(fault) for hearing_id, fault in retrying(work).items()}


def _refused(fault: Refusal | Invalid) -> RefusedOutcome:
    if isinstance(fault, NotFound):
        raise fault
    if isinstance(fault, Invalid):
        names = translated_errors(fault).items()
        return RefusedOutcome({name.split(".")[0]: words for name, words in names}, "", 422)
    return RefusedOutcome({}, web.translated(fault.message), web.status_of(fault))


# --- the hearings of a day -----------------------------------------------------------------------


@bp.get("/outcomes")
@signed_in
def latest() -> Any:
    """Lead to the earliest day with hearings that wait for an outcome, or else to today."""
    court, now, whose = current_user.court, web.now(), _whose()
    days = queries.awaiting(db.session(), court, _owned(), now)
    on = days[0].on if days else now.astimezone(ZoneInfo(court.zone)).date()
    return redirect(url_for("outcomes.day", on=on.isoformat(), whose=whose))


@bp.get("/outcomes/<on>")
@signed_in
def day(on: str) -> Any:
    """Show the hearings of a day that are over, with the fields of their outcomes."""
    return _day_page(_day(on), {})


@bp.post("/outcomes/<on>")
@signed_in
@shows_again
def enter_day(on: str) -> Any:
    """Save the outcomes of a day; one that is refused stops no other."""
    date = _day(on)
    typed = form_fields.parse(request.form.items(multi=True))
    if only_shown():
        return _day_page(date, typed)
    if request.form.get("do") == "rest":
        return _day_page(date, typed, rest=True)
    on_page = {row.hearing.id for row in _rows_of_day(date)}
    entered = {
        hearing_id: fields
        for hearing_id, fields in typed.items()
        if hearing_id in on_page and not fields.is_blank
    }
    refused = _save(entered)
    saved = entered.keys() - refused.keys()
    if saved:
        flash(_saved_words_of_day(saved), "ok")
    typed = {hearing_id: fields for hearing_id, fields in typed.items() if hearing_id not in saved}
    if refused:
        return _day_page(date, typed, refused=refused), 422
    return redirect(url_for("outcomes.day", on=date.isoformat(), whose=_whose()), 303)


def _saved_words_of_day(saved: Collection[int]) -> str:
    """Say how many outcomes were saved, and of how many counsel get a message."""
    text = ngettext("%(num)d outcome is saved.", "%(num)d outcomes are saved.", len(saved))
    waiting = notifications.waiting(db.session(), saved)
    if not waiting:
        return text
    more = gettext(
        "Counsel get a message of %(count)s of them at %(when)s; until then a change replaces it.",
        count=len(waiting),
        when=wording.moment(min(waiting.values()), current_user.court.zone, web.language()),
    )
    return f"{text}{'' if web.language() == 'zh' else ' '}{more}"


def _whose() -> str:
    """Return whose hearings are shown, ``mine`` or ``all``, as on the home page."""
    return "mine" if request.values.get("whose") == "mine" else "all"


def _owned() -> list[sa.ColumnElement[bool]]:
    return hearing_queries.owned_by(current_user if _whose() == "mine" else None)


def _day(text: str) -> dt.date:
    try:
        on = dt.date.fromisoformat(text)
    except ValueError:
        on = dt.date.min
    if not 2000 <= on.year <= 2200:
        raise NotFound(gettext("There is nothing at this address."))
    return on


def _rows_of_day(on: dt.date, typed: Mapping[int, OutcomeFields] | None = None) -> list[OutcomeRow]:
    hearings = queries.of_day(db.session(), current_user.court, on, _owned(), web.now())
    return _rows(hearings, typed)


def _day_page(
    on: dt.date,
    typed: Mapping[int, OutcomeFields],
    refused: Mapping[int, RefusedOutcome] | None = None,
    rest: bool = False,
) -> str:
    """Show a day: what waits with what was typed, then what was entered already.

    A hearing that was refused because somebody entered an outcome first stays above.
    """
    refused = refused or {}
    waiting: list[OutcomeRow] = []
    entered: list[OutcomeRow] = []
    for row in _rows_of_day(on, typed):
        if fault := refused.get(row.hearing.id):
            row.errors, row.refused = fault.errors, fault.words
        is_open = row.current is None or row.hearing.id in refused
        (waiting if is_open else entered).append(row)
        if rest and is_open and not row.fields.outcome:
            row.fields.outcome = Outcome.HELD.value
    court, now = current_user.court, web.now()
    return render_template(
        "outcomes/day.html",
        on=on,
        waiting=waiting,
        entered=entered,
        days=queries.awaiting(db.session(), court, _owned(), now),
        whose=_whose(),
        zone=court.zone,
        faults=_faults(waiting),
    )


def _faults(rows: Sequence[OutcomeRow]) -> dict[str, str]:
    """Return what is wrong on the page of a day, by the id of the field, with the case's number."""
    colon = wording.colon(web.language())
    return {
        f"{name}-{row.hearing.id}": f"{row.hearing.case.number}{colon}{words}"
        for row in rows
        for name, words in (row.errors or ({"outcome": row.refused} if row.refused else {})).items()
    }

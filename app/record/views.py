"""The record of contact by page, sending again, and a counsel's addresses."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries
from app.core import web, wording
from app.core.channels import BY_HAND, OTHER_CHANNELS
from app.core.db import db
from app.core.web.access import signed_in
from app.record import ledger
from app.record.models import ChainHead, Entry
from app.record.rules import ContactOutcome, EvidenceGrade, shown_as
from app.record.verification import CHECKED_AT_ONCE

bp = Blueprint("record", __name__)
ON_A_PAGE = 200  # lines

bp.add_app_template_global(shown_as)
bp.add_app_template_global(EvidenceGrade, "evidence_grade")


@bp.app_template_global()
def line_words(line: Entry) -> str:
    """Say in words what a line's detail holds beyond what happened."""
    told, body = line.detail or {}, line.content.body if line.content else {}
    said = [
        gettext("code %(code)s", code=told["code"]) if told.get("code") else "",
        gettext("own wording, version %(version)s", version=told["wording"])
        if told.get("wording")
        else "",
        _in_our_words(told.get("said") or body.get("said")),
        _in_our_words(told.get("why")),
        gettext("somebody must look at the settings or the wording")
        if told.get("advice") == "alarm"
        else "",
        _happened(str(told.get("happened_at") or "")),
        _outcome(str(told.get("outcome") or "")),
        str(body.get("note") or ""),
        str(body.get("comment") or ""),
    ]
    return " · ".join(dict.fromkeys(each for each in said if each))


def _in_our_words(text: object) -> str:
    """Return a sentence of the record in the reader's language, where it is one of the house's.

    What a carrier said is quoted as it was said.
    """
    return gettext(str(text)) if text else ""


def _happened(at: str) -> str:
    """Say when a contact by hand was: its line is of the time of writing."""
    zone = current_user.court.zone
    when = wording.moment(wording.instant(at), zone, web.language()) if at else ""
    return gettext("made %(when)s", when=when) if when else ""


def _outcome(word: str) -> str:
    return dict(outcomes()).get(word, word)


def outcomes() -> list[tuple[str, str]]:
    """Return what can come of a contact by hand, with its words."""
    return [(outcome.value, gettext(outcome.label)) for outcome in ContactOutcome]


def ways_by_hand() -> list[tuple[str, str]]:
    """Return the ways of a contact by hand, with their words."""
    return [(each.value, gettext(OTHER_CHANNELS[each].label)) for each in BY_HAND]


def timeline(
    session: Session, case_id: int, *, counsel_id: int = 0, before: int = 0
) -> Sequence[Entry]:
    """Return one page of a record's lines, the newest first; of one counsel, before a line."""
    wanted = sa.select(Entry).where(Entry.case_id == case_id).order_by(Entry.seq.desc())
    if counsel_id:
        wanted = wanted.where(Entry.counsel_id == counsel_id)
    if before:
        wanted = wanted.where(Entry.seq < before)
    return session.scalars(wanted.limit(ON_A_PAGE + 1)).all()


@bp.get("/cases/<int:case_id>/record")
@signed_in
def case_record(case_id: int) -> str:
    """Show the record of a case by pages, of all or of one counsel, and whether its chain holds.

    A long chain is checked only where that is asked for.
    """
    session = db.session()
    case = queries.case_with_parties(session, current_user.court_id, case_id)
    counsel_id, before = _number("counsel"), _number("before")
    lines = timeline(session, case.id, counsel_id=counsel_id, before=before)
    head = session.get(ChainHead, case.id)
    count = head.seq if head else 0
    check = count <= CHECKED_AT_ONCE or bool(request.args.get("check"))
    return render_template(
        "record/record.html",
        case=case,
        counsel_id=counsel_id,
        lines=lines[:ON_A_PAGE],
        older=lines[ON_A_PAGE - 1].seq if len(lines) > ON_A_PAGE else 0,
        before=before,
        count=count,
        finding=ledger.verify(session, case.id) if check else None,
        zone=case.court.zone,
    )


def _number(name: str) -> int:
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0

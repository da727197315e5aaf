"""Pages of the record of contact, and its words in templates."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries as cases
from app.core import half_days, web, wording
from app.core.channels import BY_HAND, OTHER_CHANNELS
from app.core.db import db
from app.core.half_days import HalfDay
from app.core.web.access import signed_in
from app.record import ledger, queries, rows
from app.record.models import ChainHead, Entry
from app.record.rows import RecordRow
from app.record.rules import HELD_BACK, LOGGED, ContactOutcome, EvidenceGrade, shown_as
from app.record.verification import CHECKED_AT_ONCE

bp = Blueprint("record", __name__)
ENTRIES_ON_A_PAGE, ROWS_ON_A_PAGE = 200, 50

bp.add_app_template_global(shown_as)
bp.add_app_template_global(EvidenceGrade, "evidence_grade")


@bp.app_template_global()
def line_words(entry: Entry) -> str:
    """Return an entry's detail in words, beyond what its event says."""
    if entry.content is None:  # the reader's session left it out (questions.held_back)
        return gettext(HELD_BACK)
    detail, body = entry.detail or {}, entry.content.body
    parts = [
        gettext("code %(code)s", code=detail["code"]) if detail.get("code") else "",
        gettext("own wording, version %(version)s", version=detail["wording"])
        if detail.get("wording")
        else "",
        _translated(detail.get("said") or body.get("said")),
        _translated(detail.get("why")),
        gettext("somebody must look at the settings or the wording")
        if detail.get("advice") == "alarm"
        else "",
        _happened(str(detail.get("happened_at") or "")),
        _outcome(str(detail.get("outcome") or "")),
        str(body.get("note") or ""),
        *_reasons(body.get("reasons")),
        str(body.get("topic") or ""),
        _could_come(half_days.of_entry(body)),
        str(body.get("comment") or ""),
        gettext("against a rule, because: %(reason)s", reason=body["overridden"])
        if body.get("overridden")
        else "",
        gettext("by %(name)s", name=body["by"]) if body.get("by") else "",
    ]
    return " · ".join(dict.fromkeys(each for each in parts if each))


@bp.app_template_global()
def delegate_words(row: RecordRow) -> str:
    """Return what a row about a delegate says: who, what they may do, and until when."""
    terms, name = row.terms, row.delegate or "–"
    if "ended" in terms:
        return gettext("%(name)s may act no longer", name=name)
    if "shares" in terms:
        return gettext("%(name)s is known for another side, and was not named", name=name)
    if terms.get("may") == "answer":
        may = gettext("%(name)s may answer for them", name=name)
    else:
        may = gettext("%(name)s may read for them", name=name)
    scope = gettext("one hearing") if terms.get("hearing") else gettext("the whole case")
    return " · ".join([may, scope])


@bp.app_template_global()
def half_days_words(chosen: Sequence[HalfDay]) -> str:
    """Return some half-days in the reader's language, in order: "Thu 17 Dec, morning; …"."""
    separator = "；" if web.language() == "zh" else "; "
    return separator.join(web.translated(each) for each in half_days.described(chosen))


def _could_come(chosen: Sequence[HalfDay]) -> str:
    words = half_days_words(chosen)
    return gettext("could come: %(half_days)s", half_days=words) if words else ""


def _translated(text: object) -> str:
    """Return a text of the record in the reader's language if it is one of ours.

    Carriers' words are quoted as they are.
    """
    return gettext(str(text)) if text else ""


def _reasons(by_label: object) -> list[str]:
    """Return reasons after what each is about, a label of ours in the reader's language."""
    if not isinstance(by_label, dict):
        return []
    colon = wording.colon(web.language())
    return [f"{_translated(label)}{colon}{text}" for label, text in by_label.items()]


def _happened(at: str) -> str:
    """Return when a contact by hand took place; its entry has the time of writing."""
    zone = current_user.court.zone
    when = wording.moment(wording.instant(at), zone, web.language()) if at else ""
    return gettext("made %(when)s", when=when) if when else ""


def _outcome(word: str) -> str:
    labels = {outcome.value: outcome.label for outcome in ContactOutcome}
    return gettext(labels[word]) if word in labels else word


def outcomes() -> list[tuple[str, str]]:
    """Return the outcomes of a contact that somebody logs, with their labels."""
    return [(outcome.value, gettext(outcome.label)) for outcome in LOGGED]


def ways_by_hand() -> list[tuple[str, str]]:
    """Return the channels of a contact by hand with their labels."""
    return [(each.value, gettext(OTHER_CHANNELS[each].label)) for each in BY_HAND]


def newest_entries(
    session: Session, case_id: int, *, counsel_id: int = 0, before: int = 0
) -> Sequence[Entry]:
    """Return one page of a record's entries, newest first, and one more if there are older ones.

    With ``counsel_id`` only those about one counsel; with ``before`` those before that number.
    """
    query = sa.select(Entry).where(Entry.case_id == case_id).order_by(Entry.seq.desc())
    if counsel_id:
        query = query.where(Entry.counsel_id == counsel_id)
    if before:
        query = query.where(Entry.seq < before)
    return session.scalars(query.limit(ENTRIES_ON_A_PAGE + 1)).all()


@bp.get("/cases/<int:case_id>/record")
@signed_in
def case_record(case_id: int) -> str:
    """Show the record of a case by pages, of all or of one counsel, and verify its chain.

    It is shown as rows, or with ``view=entries`` entry by entry. A long chain is verified only on
    request.
    """
    session = db.session()
    case = cases.case_with_parties(session, current_user.court_id, case_id)
    counsel_id, before = _number("counsel"), _number("before")
    each_entry = request.args.get("view") == "entries"
    lines: Sequence[Entry] = ()
    page = queries.RowPage((), 0)
    if each_entry:
        lines = newest_entries(session, case.id, counsel_id=counsel_id, before=before)
    else:
        page = queries.row_page(
            session, case.id, size=ROWS_ON_A_PAGE, counsel_id=counsel_id, before=before
        )
    more = len(lines) > ENTRIES_ON_A_PAGE
    head = session.get(ChainHead, case.id)
    count = head.seq if head else 0
    check = count <= CHECKED_AT_ONCE or bool(request.args.get("check"))
    return render_template(
        "record/record.html",
        case=case,
        counsel_id=counsel_id,
        each_entry=each_entry,
        lines=lines[:ENTRIES_ON_A_PAGE],
        releases=rows.releases(page.rows),
        older=lines[ENTRIES_ON_A_PAGE - 1].seq if more else page.older,
        before=before,
        count=count,
        finding=ledger.verify(session, case.id) if check else None,
        zone=case.court.zone,
    )


def _number(name: str) -> int:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0

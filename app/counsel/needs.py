"""Needs: counsel tells the court alone what somebody who comes to a hearing needs."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Request, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db
from app.core.errors import N_
from app.core.web.params import row_number
from app.counsel import access
from app.counsel.access import NOT_REJECTED, CaseSubmission, Rejection
from app.counsel.case_hearings import CaseHearing, HearingStatus
from app.counsel.page_state import CasePage, CountedFor
from app.needs import forms, queries, rules, service
from app.needs.models import Need
from app.needs.rules import EMPTY, NeedInput
from app.needs.service import NeedAuthor


@dataclass(frozen=True)
class NeedForm:
    """A need as typed, with the entry that it changes and the version seen, or 0 for a new one."""

    typed: NeedInput = EMPTY
    need_id: int = 0
    version: int = 0


def read(request: Request) -> NeedForm:
    """Return the form of a request."""
    form = request.form
    typed = forms.read(form, access.sent_hearing(request))
    need_id, version = (row_number(form.get(name, "")) or 0 for name in ("need", "version"))
    return NeedForm(typed, need_id, version)


def read_id(request: Request) -> int:
    """Return which entry a request is about, or 0 for none."""
    return row_number(request.form.get("need", "")) or 0


def render(page: CasePage, form: NeedForm, rejection: Rejection) -> str:
    """Render counsel's entries, and the form to add or change one.

    An entry that was withdrawn meanwhile is entered anew; one that was changed is seen as it is.
    """
    own = queries.of_representation(db.session(), page.representation.id)
    changed = next((each for each in own if each.id == form.need_id), None)
    return access.render(
        "counsel/needs.html",
        page,
        rejection,
        needs=own,
        changed=changed,
        typed=form.typed,
        hearings=_hearings(page, own),
        rules=rules,
        done=request.args.get("done", ""),
    )


def _hearings(page: CasePage, own: Sequence[Need]) -> list[CaseHearing]:
    """Return the hearings for which something can be needed: those ahead, and those named."""
    named = {each.hearing_id for each in own}
    return [
        each
        for each in page.hearings
        if each.id in named
        or (
            each.status != HearingStatus.CANCELLED
            and (each.ends_at is None or each.ends_at > web.now())
        )
    ]


def counting(of: CountedFor) -> sa.Select[int]:
    """Select how many entries counsel has."""
    return queries.counting(of.representation_id)


def line(_page: CasePage, count: int) -> str:
    """Say how many entries counsel has, for the list on counsel's page."""
    return ngettext(
        "%(num)s person, for the court alone", "%(num)s people, for the court alone", count
    )


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show counsel's entries, and the form; ``need`` in the address is the one to change."""
    need_id = row_number(request.args.get("need", "")) or 0
    own = queries.of_representation(db.session(), page.representation.id)
    changed = next((each for each in own if each.id == need_id), None)
    typed = service.input_of(changed) if changed else EMPTY
    return render(page, NeedForm(typed, need_id), NOT_REJECTED)


@access.case_act(read, render, then="counsel.needs", done="saved")
def submit(session: Session, submission: CaseSubmission[NeedForm]) -> None:
    """Tell the court what somebody needs, or change what was told."""
    form, representation, now = submission.form, submission.representation, submission.now
    case, author = representation.party.case, NeedAuthor.counsel(representation)
    if form.need_id:
        service.change(session, case, author, form.need_id, form.version, form.typed, now)
    else:
        service.add(session, case, author, form.typed, now)


def _render_all(page: CasePage, _need_id: int, rejection: Rejection) -> str:
    return render(page, NeedForm(), rejection)


@access.case_act(
    read_id,
    _render_all,
    then="counsel.needs",
    done="withdrawn",
    unsure=N_("Nothing was deleted. Tick the entry that is to be deleted, then press its button."),
)
def withdraw(session: Session, submission: CaseSubmission[int]) -> None:
    """Withdraw an entry of counsel's own."""
    representation = submission.representation
    author = NeedAuthor.counsel(representation)
    service.withdraw(session, representation.party.case, author, submission.form, submission.now)

"""Counsel confirms their addresses, agrees to electronic service, withdraws that."""

import sqlalchemy as sa
from flask import Request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.addresses import queries, service
from app.addresses.rules import DeclarationInput
from app.core import web, wording
from app.core.errors import N_, Refusal
from app.counsel import access
from app.counsel.access import NOT_REJECTED, CaseSubmission, Rejection
from app.counsel.address import page as address_page
from app.counsel.address.page import AddressForms
from app.counsel.page_state import CasePage, CountedFor

STALE = N_("Nothing was recorded: this page is out of date. Please press the button once more.")


def counting(of: CountedFor) -> sa.Select[int]:
    """Select how many changes of address wait for their code."""
    return queries.counting_pending(of.representation_id, of.now)


def pending_line(_page: CasePage, _count: int) -> str:
    """Say that a change of address waits, for the list on counsel's page."""
    return gettext("A code was sent to the new address: type it here")


def line(page: CasePage) -> str:
    """Return the addresses that the court has, and what counsel declared about them."""
    own, counsel = page.representation, page.counsel
    if own.confirmation is None:
        state = gettext("not confirmed yet")
    elif own.consent is None:
        state = gettext("confirmed")
    else:
        state = gettext("confirmed, electronic service agreed")
    return " · ".join(filter(None, [counsel.email, counsel.phone, state]))


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show the addresses that the court has."""
    return address_page.render(page, AddressForms(), NOT_REJECTED)


def read(request: Request) -> DeclarationInput:
    """Return what counsel ticked."""
    form = request.form
    return DeclarationInput(
        right=form.get("right") == "1",
        agree=form.get("agree") == "1",
        shown=form.get("shown", "")[:64],
        words=form.get("words", "")[:64],
    )


def _render(page: CasePage, typed: DeclarationInput, rejection: Rejection) -> str:
    return address_page.render(page, AddressForms(declared=typed), rejection)


@access.case_act(read, _render, then="counsel.address", done="declared", stale=STALE)
def submit(session: Session, submission: CaseSubmission[DeclarationInput]) -> None:
    """Record what counsel ticked."""
    service.declare(session, submission.representation, submission.form, submission.now)


def read_withdrawal(request: Request) -> bool:
    """Return whether counsel ticked that they withdraw: a mail scanner presses the button too."""
    return request.form.get("withdraw") == "1"


def _render_withdrawal(page: CasePage, _ticked: bool, rejection: Rejection) -> str:
    terms = service.terms(page.court, web.now())
    follows = (terms.withdrawal.get(web.language()) or terms.withdrawal["en"]) if terms else ""
    consent = page.representation.consent
    return access.render(
        "counsel/consent_withdrawal.html",
        page,
        rejection,
        consent=consent,
        since=wording.day_name(consent.declared_on, web.language()) if consent else "",
        follows=follows,
    )


@access.case_page
def show_withdrawal(page: CasePage) -> ResponseReturnValue:
    """Show what follows if counsel withdraws their consent to electronic service."""
    return _render_withdrawal(page, False, NOT_REJECTED)


@access.case_act(
    read_withdrawal, _render_withdrawal, then="counsel.address", done="withdrawn", stale=STALE
)
def submit_withdrawal(session: Session, submission: CaseSubmission[bool]) -> None:
    """Withdraw counsel's consent to electronic service."""
    if not submission.form:
        raise Refusal(N_("Tick that you withdraw, then press the button."))
    service.withdraw(session, submission.representation, submission.now)

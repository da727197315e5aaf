"""Counsel changes a mail address or a number with a code; post, language and zone at once."""

from dataclasses import dataclass

from flask import Request
from sqlalchemy.orm import Session

from app.addresses import changes
from app.addresses.rules import AddressField, DetailsInput
from app.core import web
from app.core.characters import half_width
from app.core.errors import N_, Invalid, Message, Refusal
from app.core.wording import MOST_TYPED, one_line
from app.counsel import access
from app.counsel.access import CaseSubmission, Rejection
from app.counsel.address import page as address_page
from app.counsel.address.declaring import STALE
from app.counsel.address.page import AddressForms
from app.counsel.page_state import CasePage
from app.court.settings import address_lines


@dataclass(frozen=True)
class ChangeForm:
    """A new mail address or number as typed, and which of both it is."""

    field: str
    value: str


def read(request: Request) -> ChangeForm:
    """Return the new address of a request."""
    field = request.form.get("field", "")[:20]
    return ChangeForm(field, one_line(request.form.get(field, "")[:MOST_TYPED]))


def _render(page: CasePage, form: ChangeForm, rejection: Rejection) -> str:
    return address_page.render(page, AddressForms(changed=form.field, value=form.value), rejection)


@access.case_act(read, _render, then="counsel.address", done="sent", stale=STALE)
def submit(session: Session, submission: CaseSubmission[ChangeForm]) -> Refusal | None:
    """Send a code to the new address."""
    form = submission.form
    if form.field not in (AddressField.EMAIL, AddressField.PHONE):
        raise Refusal(N_("Choose what you want to change."))
    field = AddressField(form.field)
    return changes.ask(session, submission.representation, field, form.value, submission.now)


def read_code(request: Request) -> str:
    """Return the code of a request."""
    return request.form.get("code", "")[:100]


def _render_code(page: CasePage, _code: str, rejection: Rejection) -> str:
    return address_page.render(page, AddressForms(), rejection)


@access.case_act(read_code, _render_code, then="counsel.address", done="changed", stale=STALE)
def submit_code(session: Session, submission: CaseSubmission[str]) -> Invalid | Refusal | None:
    """Carry out the change if the code is right."""
    own, now = submission.representation, submission.now
    if not submission.form.strip():  # no try: a machine presses the button as it finds it
        raise Invalid({"code": Message(N_("Type the code that was sent to the new address."))})
    return changes.enter_code(session, own, submission.form, now, web.secret())


def read_details(request: Request) -> DetailsInput:
    """Return postal address, language and zone of a request."""
    form = request.form
    return DetailsInput(
        postal=address_lines(form.get("postal", "")[:MOST_TYPED]),
        language=form.get("language", "")[:8],
        zone=half_width(one_line(form.get("zone", "")[:200])),
    )


def _render_details(page: CasePage, form: DetailsInput, rejection: Rejection) -> str:
    return address_page.render(page, AddressForms(details=form), rejection)


@access.case_act(read_details, _render_details, then="counsel.address", done="changed", stale=STALE)
def submit_details(session: Session, submission: CaseSubmission[DetailsInput]) -> None:
    """Change postal address, language and zone at once."""
    changes.change_details(session, submission.representation, submission.form, submission.now)

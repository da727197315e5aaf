"""The page on which counsel sees the addresses that the court has, and every form on it."""

from dataclasses import dataclass, field, replace

from app.addresses import queries, service
from app.addresses.rules import DeclarationInput, DetailsInput, expires_at
from app.core import web
from app.core.db import db
from app.counsel import access
from app.counsel.access import Rejection
from app.counsel.page_state import CasePage


@dataclass(frozen=True)
class AddressForms:
    """What was typed into the forms of the page; None where the form holds what is stored.

    ``changed`` is the address that the form of a change is of.
    """

    declared: DeclarationInput = field(default_factory=DeclarationInput)
    details: DetailsInput | None = None
    changed: str = ""
    value: str = ""


def render(page: CasePage, forms: AddressForms, rejection: Rejection) -> str:
    """Render the addresses that the court has, with the forms to confirm and to change them."""
    session, now, counsel = db.session(), web.now(), page.counsel
    pending = queries.pending_change(session, page.representation.id, now)
    terms, language = service.terms(page.court, now), web.language()
    stored = DetailsInput(counsel.postal, counsel.language, counsel.zone)
    return access.render(
        "counsel/address.html",
        page,
        rejection,
        forms=replace(forms, details=forms.details or stored),
        representation=page.representation,
        shown=service.shown(counsel),
        terms=terms,
        words=terms.shown(language) if terms else "",
        words_digest=terms.digest(language) if terms else "",
        pending=pending,
        pending_until=expires_at(pending.asked_at) if pending else None,
    )

"""Declarations of counsel about service in a case: entered, replaced and ended.

Counsel makes them on their page (see ``app.addresses``); the court enters the day of one on paper.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from app.cases.forms import CounselIn
from app.cases.models import DeclarationKind, Representation, ServiceDeclaration


def declare(
    representation: Representation,
    kind: DeclarationKind,
    at: dt.datetime,
    on: dt.date,
    *,
    by_link: bool = False,
    words_version: str = "",
    words_digest: str = "",
) -> ServiceDeclaration:
    """Add a declaration in force from ``at``; it ends the one of its kind that was in force."""
    end(representation, kind, at)
    counsel, is_address = representation.counsel, kind is DeclarationKind.ADDRESS
    declaration = ServiceDeclaration(
        kind=kind.value,
        declared_at=at,
        declared_on=on,
        by_link=by_link,
        email=counsel.email if is_address else "",
        phone=counsel.phone if is_address else "",
        words_version=words_version,
        words_digest=words_digest,
    )
    representation.declarations.append(declaration)
    return declaration


def end(representation: Representation, kind: DeclarationKind, at: dt.datetime) -> None:
    """End the declaration of a kind; one that was to begin later never was in force."""
    declaration = representation.declared(kind)
    if declaration is not None:
        declaration.ended_at = max(at, declaration.declared_at)


def days_of(representation: Representation) -> dict[DeclarationKind, dt.date | None]:
    """Return the day of each declaration that is in force, by the court's date."""
    return {
        DeclarationKind.ADDRESS: representation.address_confirmed_on,
        DeclarationKind.ELECTRONIC: representation.electronic_consent_on,
    }


def enter_days(
    representation: Representation, form: CounselIn, zone: str, ended_at: dt.datetime | None = None
) -> None:
    """Enter the days on which counsel declared something on paper, after their addresses.

    An empty day changes nothing or, with ``ended_at``, ends what was declared.
    """
    typed = {
        DeclarationKind.ADDRESS: form.address_confirmed_on,
        DeclarationKind.ELECTRONIC: form.electronic_consent_on,
    }
    for kind, known in days_of(representation).items():
        on = typed[kind]
        if on is not None and on != known:
            declare(representation, kind, _begins(on, zone), on)
        elif on is None and ended_at is not None:
            end(representation, kind, ended_at)


def _begins(on: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)

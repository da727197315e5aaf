"""Declarations of counsel about service in a case: entered, replaced and ended.

Counsel makes them on their page (see ``app.addresses``); the court enters the day of one on paper.
"""

import datetime as dt
from collections.abc import Mapping
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


def enter_days(representation: Representation, form: CounselIn, zone: str) -> None:
    """Enter the days on which counsel declared something on paper, after their addresses.

    An empty day changes nothing.
    """
    for kind, known in days_of(representation).items():
        on = _typed(form, kind)
        if on is not None and on != known:
            declare(representation, kind, _begins(on, zone), on)


def correct_days(
    representation: Representation,
    form: CounselIn,
    zone: str,
    loaded: Mapping[DeclarationKind, dt.date | None],
    now: dt.datetime,
) -> None:
    """Change the days on which counsel declared something; an empty day ends what was declared.

    A day that is as the form was ``loaded`` with stays with the addresses that were confirmed.
    """
    for kind, known in loaded.items():
        on = _typed(form, kind)
        if on is not None and on != known:
            declare(representation, kind, _begins(on, zone), on)
        elif on is None:
            end(representation, kind, now)


def _typed(form: CounselIn, kind: DeclarationKind) -> dt.date | None:
    is_address = kind is DeclarationKind.ADDRESS
    return form.address_confirmed_on if is_address else form.electronic_consent_on


def _begins(on: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)

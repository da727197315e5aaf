"""Find the cases of a file of which the database has everything, without loading objects of them.

A file that is imported again is nearly all of this kind. What is not found to be unchanged here is
merged as an object (``service.merge``), which may still find nothing to change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.cases import rules
from app.cases import service as cases
from app.cases.forms import CaseIn, CounselIn, PartyIn, stored_names
from app.cases.models import Case, CaseMember, Counsel, Party, Representation
from app.core.db import bulk
from app.core.normalization import name_key
from app.hearings.models import Hearing
from app.imports.entries import ImportedCase
from app.imports.hearings import ImportCourt

_CASE, _PARTY, _COUNSEL = bulk.table(Case), bulk.table(Party), bulk.table(Counsel)
_ACTS, _HEARING = bulk.table(Representation), bulk.table(Hearing)
_BENCH = sa.exists().where(bulk.table(CaseMember).c.case_id == _CASE.c.id).label("has_bench")


@dataclass
class KnownParty:
    """A party in the database, and who acts or acted for it, by the key of their name."""

    row: Any
    counsel: dict[str, Any] = field(default_factory=dict)


@dataclass
class KnownCase:
    """A case in the database, with its parties and the identifiers of its hearings."""

    row: Any
    parties: dict[int, KnownParty] = field(default_factory=dict)
    uids: set[str] = field(default_factory=set)


def known_cases(court: ImportCourt, entries: Sequence[ImportedCase]) -> dict[str, KnownCase]:
    """Return the cases of some entries that are known, by the key of their number."""
    keys = {rules.number_key(entry.case.number) for entry in entries}
    here = _CASE.c.court_id == court.context.court.id
    connection = court.session.connection()
    query = sa.select(_CASE, _BENCH).where(here, _CASE.c.number_key.in_(keys))
    known = {row.id: KnownCase(row) for row in connection.execute(query)}
    if known:
        of_them = sa.and_(here, _CASE.c.number_key.in_(keys))
        parties: dict[int, KnownParty] = {}
        query = sa.select(_PARTY).join(_CASE).where(of_them).order_by(_PARTY.c.id)
        for row in connection.execute(query):
            parties[row.id] = known[row.case_id].parties[row.id] = KnownParty(row)
        acting = sa.select(_ACTS.c.party_id, _COUNSEL).select_from(_CASE).join(_PARTY)
        acting = acting.join(_ACTS).join(_COUNSEL).where(of_them).order_by(_ACTS.c.id)
        for row in connection.execute(acting):
            parties[row.party_id].counsel[name_key(row.name)] = row
        query = sa.select(_HEARING.c.case_id, _HEARING.c.uid).join(_CASE).where(of_them)
        for case_id, uid in connection.execute(query):
            known[case_id].uids.add(uid)
    return {each.row.number_key: each for each in known.values()}


def is_unchanged(court: ImportCourt, entry: ImportedCase, known: KnownCase) -> bool:
    """Tell whether a case of a file, which has no error of its own, says nothing new."""
    form = entry.case
    if entry.addresses or (form.bench and not known.row.has_bench):
        return False
    if not _has(known.row, form):
        return False
    for imported in entry.imported_hearings:
        uid = court.uid(known.row.number, imported)
        if imported.outcome is not None or uid not in known.uids:
            return False
    return all(_is_party_unchanged(court.region, known, party) for party in form.parties)


def _has(row: Any, form: CaseIn | CounselIn, *, only_blank: bool = True) -> bool:
    """Tell whether a row has what a form says; ``only_blank`` where no value is replaced."""
    for name in stored_names(type(form)):  # type: ignore[arg-type]
        value = getattr(form, name)
        if value and name != "name":
            there = getattr(row, name)
            if not there or (not only_blank and there != value):
                return False
    return True


def _is_party_unchanged(region: str, known: KnownCase, form: PartyIn) -> bool:
    party = _find_party(known, form)
    if party is None:
        return False
    number = cases.stored_phone(form.phone, region)
    email, phone = form.email or party.row.email, number or party.row.phone
    if (email, phone) != (party.row.email, party.row.phone):
        return False
    everybody = form.counsel
    if not everybody and (email or phone):
        everybody = [cases.own_counsel(party.row.name, email, phone)]
    return all(
        _is_counsel_unchanged(region, party.counsel.get(name_key(each.name)), each)
        for each in everybody
    )


def _find_party(known: KnownCase, form: PartyIn) -> KnownParty | None:
    """Return the party that ``service.merge`` would find."""
    if form.reference:
        for party in known.parties.values():
            if party.row.reference == form.reference:
                return party
    key = name_key(form.name)
    same = (
        party
        for party in known.parties.values()
        if party.row.side == form.side and name_key(party.row.name) == key
    )
    return next(same, None)


def _is_counsel_unchanged(region: str, row: Any, form: CounselIn) -> bool:
    if row is None or form.address_confirmed_on or form.electronic_consent_on:
        return False
    number = "" if form.phone == row.phone else cases.stored_phone(form.phone, region)
    return (
        _has(row, form, only_blank=False)
        and number in ("", row.phone)
        and form.language in ("", row.language)
        and form.travel_minutes in (None, row.travel_minutes)
        and bool(row.channels)
        and (not form.channels or list(dict.fromkeys(form.channels)) == row.channels)
    )

"""Follows another court's sealed days: fetches them, compares them with what was seen, keeps them.

The court is called with no transaction open.
"""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.db import retrying, transaction
from app.core.errors import N_
from app.core.web_client.direct_http import DirectClient
from app.evidence.signing_keys import SigningKey
from app.evidence.witnesses import rules
from app.evidence.witnesses.models import WitnessStatement
from app.evidence.witnesses.rules import NotFollowed, SeenDay
from app.record import standalone_verifier

LARGEST = 64 * 1024 * 1024  # bytes of one page of days
MOST_PAGES = 10_000
PUBLISHED = "/record/days.json"


@dataclass(frozen=True)
class FollowedCourt:
    """Another court: where its pages are, its number there, and its keys as far as they are known.

    ``keys`` are ids that the operator was given by the court itself; without any, the key that is
    seen first is believed.
    """

    address: str
    number: int = 1
    keys: Sequence[str] = ()

    def days(self, client: DirectClient, after: int) -> "list[SeenDay]":
        """Return its days after one, each checked by itself. Raises NotFollowed, FetchFailed."""
        found: list[SeenDay] = []
        for _ in range(MOST_PAGES):
            query = urlencode({"court": self.number, "after": after})
            page = _parsed(client.get(f"{self.address}{PUBLISHED}?{query}", LARGEST))
            days = page.get("days")
            if not isinstance(days, list):
                raise NotFollowed(N_("it publishes no days: is this the address of a Tingqi?"))
            found += [rules.seen_day(day, self.number) for day in days]
            if not page.get("more") or not days:
                return found
            after = found[-1].number
        raise NotFollowed(N_("it has more days than can be"))


@dataclass(frozen=True)
class Rewritten:
    """A day that the court shows otherwise than before: what was seen, and what it shows now.

    ``shown`` is None where the day is gone.
    """

    number: int
    seen: dict[str, Any]
    shown: dict[str, Any] | None


@dataclass(frozen=True)
class FollowedDays:
    """What was found: the new days, why the court's key is believed, and days that it rewrote."""

    new: int
    last: SeenDay | None
    trust: str = ""
    rewritten: Sequence[Rewritten] = ()


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body, object_pairs_hook=standalone_verifier.once)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise NotFollowed(N_("it publishes no days: is this the address of a Tingqi?"))
    return value


def statements_about(session: Session, court: FollowedCourt) -> list[WitnessStatement]:
    """Return what was seen of a court, in the order of its days, and of seeing them."""
    query = (
        sa.select(WitnessStatement)
        .where(
            WitnessStatement.address == court.address,
            WitnessStatement.court_number == court.number,
        )
        .order_by(WitnessStatement.number, WitnessStatement.id)
    )
    return list(session.scalars(query))


def follow(
    court: FollowedCourt,
    client: DirectClient,
    key: SigningKey,
    now: Callable[[], dt.datetime],
) -> FollowedDays:
    """Fetch the days of a court since the last time, compare them, sign and keep them.

    The day that was seen last is fetched again: its hash proves all before it. Raises NotFollowed
    where the court's days are not signed or not chained, FetchFailed where it is away; nothing is
    kept then.
    """
    with transaction() as session:
        seen = [json.loads(row.statement) for row in statements_about(session, court)]
    first_seen = {statement["day"]["number"]: statement for statement in reversed(seen)}
    last_number = max(first_seen, default=0)
    days = court.days(client, max(0, last_number - 1))
    is_same = (
        bool(days)
        and days[0].hash == first_seen.get(last_number, {"day": {"hash": ""}})["day"]["hash"]
    )
    if last_number and not is_same:
        days = court.days(client, 0)
        rules.check_chain(days, None)
    elif last_number:
        rules.check_chain(days[1:], days[0])
    else:
        rules.check_chain(days, None)
    keys_before = [statement["day"]["key"] for statement in seen]
    trust, refused = "", None
    for day in days:
        try:
            trust = rules.trust_in(day.key, court.keys, keys_before)
        except NotFollowed as fault:
            trust, refused = "not the key that was given", fault
            break
    rewritten = [] if is_same else _rewritten(court, days, first_seen, trust, key, now())
    if refused and not rewritten:
        raise refused
    shown_before = {(each["day"]["number"], each["day"]["hash"]) for each in seen}
    new = [day for day in days if (day.number, day.hash) not in shown_before]
    if rewritten:  # enough to convict: the first day that differs, and the end of both histories
        differing = [each.number for each in rewritten]
        new = [day for day in new if day.number in (differing[0], differing[-1])]
    statements = [rules.signed_by_witness(court.address, day, trust, key, now()) for day in new]
    retrying(partial(_keep, statements=statements, now=now()))
    return FollowedDays(0 if rewritten else len(new), days[-1] if days else None, trust, rewritten)


def _rewritten(
    court: FollowedCourt,
    days: Sequence[SeenDay],
    first_seen: dict[int, dict[str, Any]],
    trust: str,
    key: SigningKey,
    now: dt.datetime,
) -> list[Rewritten]:
    """Return the days that were seen and are shown otherwise, or not at all, in their order."""
    shown = {day.number: day for day in days}
    found = []
    for number, statement in sorted(first_seen.items()):
        day = shown.get(number)
        if day is None:
            found.append(Rewritten(number, statement, None))
        elif day.hash != statement["day"]["hash"]:
            other = rules.signed_by_witness(court.address, day, trust, key, now)
            found.append(Rewritten(number, statement, other))
    return found


def _keep(session: Session, statements: Sequence[dict[str, Any]], now: dt.datetime) -> None:
    """Keep statements, except those about a day and a hash that are kept already."""
    for statement in statements:
        day, court = statement["day"], statement["court"]
        own = {
            "address": court["address"],
            "court_number": court["number"],
            "number": day["number"],
            "hash": day["hash"],
        }
        if session.scalar(sa.select(WitnessStatement.id).filter_by(**own)) is None:
            text = json.dumps(statement, ensure_ascii=False, separators=(",", ":"))
            session.add(WitnessStatement(**own, seen_at=now, statement=text))
    session.flush()


def published(
    session: Session, after: int, limit: int, address: str = ""
) -> Sequence[WitnessStatement]:
    """Return up to ``limit`` statements after one, oldest first; of one court where given."""
    query = (
        sa.select(WitnessStatement)
        .where(WitnessStatement.id > after)
        .order_by(WitnessStatement.id)
        .limit(limit)
    )
    if address:
        query = query.where(WitnessStatement.address == address)
    return session.scalars(query).all()

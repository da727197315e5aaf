"""Answers by link per second, compared with a bare Flask view that reads, inserts and commits.

    python bench/answers.py [--postgresql] [--runs 5] [--seconds 3] [--hearings 0] [--quick]

An answer is a POST of a reply form with three slots and a page's nonce, each by another counsel of
another hearing. ``--hearings`` first adds that many other hearings to the database.
"""

import argparse
from collections.abc import Collection, Sequence
from typing import Any

import filling
import load
import sqlalchemy as sa
from contest import Pair, Ring, Seats, Send, contest, opening, ring, writing
from measuring import Row, options, table
from serving import SECRET
from sqlalchemy.orm import Session

from app.core.db import db
from app.counsel import page_keys
from app.counsel.page_keys import PageSubject
from app.hearings.models import Answer, Hearing, Invitation
from app.notices.models import Notice
from app.record.models import Entry
from app.record.verification import verify

TARGET = 0.4
AT_ONCE = 1000  # numbers that one query names
PROXIED = {"TINGQI_TRUSTED_PROXIES": "1"}


def main() -> None:
    """Measure on one database and print the table."""
    print(table(measure(options(__doc__, hearings=0))))


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Fill a database, measure answers, check that each was stored, and return the rows."""
    with ring(arguments, **PROXIED) as results:
        return _rows(results, arguments)


def _rows(results: Ring, arguments: argparse.Namespace) -> list[Row]:
    port, seats = results.ours, results.seats
    bare_write = writing(results.ceiling, {"says": "yes"})
    limits = (arguments.runs, arguments.seconds)
    first = contest(posting(port, seats), bare_write, arguments.clients, *limits)
    _check(seats.used, sum(_answered(first)))
    bare_page = opening(results.ceiling)
    both = contest(_visiting(port, seats), bare_page, arguments.clients[1:2], *limits)
    last = Last(seats.used)
    fixing = contest(posting(port, last), bare_write, arguments.clients[1:2], *limits)
    _check(last.used, sum(_answered(fixing)), fixed=True)
    say = results.stage.database
    return [
        *(pair.row("Answer by link", say, TARGET) for pair in first),
        *(pair.row("Page opened, then answered", say, TARGET) for pair in both),
        *(pair.row("Last answer: the date is fixed, all are told", say, None) for pair in fixing),
    ]


def _answered(pairs: Sequence[Pair]) -> list[int]:
    return [each.answered for pair in pairs for each in pair.ours]


class Last(Seats):
    """The other counsel of hearings that one has answered: their answers fix the date."""

    def __init__(self, first: Sequence[filling.Seat]) -> None:
        self.used, self._rate = [], 200.0
        done = _answered_of(db.session(), [seat.invitation_id for seat in first])
        self._left = [
            filling.other(seat, SECRET.encode()) for seat in first if seat.invitation_id in done
        ]


def posting(port: int, seats: Seats) -> Send:
    """Return a function that posts answers of counsel who have not answered yet."""

    def send(clients: int, seconds: float) -> load.Told:
        return seats.spend(
            seconds, lambda some: load.send(port, [_form(each) for each in some], clients, seconds)
        )

    return send


def _form(invitation: filling.Seat) -> bytes:
    subject = PageSubject.invitation(invitation.invitation_id, invitation.proposal_id)
    key = page_keys.issue(SECRET.encode(), subject)
    fields = {f"slot-{slot}": "yes" for slot in invitation.slot_ids}
    return load.post(
        f"/r/{invitation.token}", {"nonce": key, **fields, "comment": ""}, invitation.invitation_id
    )


def _visiting(port: int, seats: Seats) -> Send:
    def send(clients: int, seconds: float) -> load.Told:
        return seats.spend(
            seconds,
            lambda some: load.visit(port, [f"/r/{s.token}" for s in some], clients, seconds),
        )

    return send


def _check(seats: Sequence[filling.Seat], least: int, *, fixed: bool = False) -> None:
    """Raise unless every answer is stored, confirmed, and on a record that verifies."""
    session = db.session()
    session.rollback()
    answered_ids = _answered_of(session, [seat.invitation_id for seat in seats])
    assert least <= len(answered_ids) <= len(seats), (least, len(answered_ids), len(seats))
    hearings = {seat.hearing_id for seat in seats if seat.invitation_id in answered_ids}
    results = (
        _among(session, Answer.invitation_id, answered_ids, Answer.says == "yes"),
        _among(session, Notice.invitation_id, answered_ids, Notice.kind == "answered"),
        _among(session, Entry.attempt, {f"i{n}" for n in answered_ids}, Entry.what == "answered"),
        _among(session, Hearing.id, hearings, Hearing.state == "fixed"),
    )
    assert results == (
        3 * len(answered_ids),
        len(answered_ids),
        len(answered_ids),
        fixed * len(answered_ids),
    ), (len(answered_ids), results)
    for seat in seats[:: max(1, len(seats) // 200)]:
        assert verify(session, seat.case_id).intact, seat
    session.rollback()


def _answered_of(session: Session, ids: Sequence[int]) -> set[int]:
    query = sa.select(Invitation.id).where(Invitation.answered_at.is_not(None))
    return {
        number
        for n in range(0, len(ids), AT_ONCE)
        for number in session.scalars(query.where(Invitation.id.in_(ids[n : n + AT_ONCE])))
    }


def _among(session: Session, column: Any, values: Collection[Any], condition: Any) -> int:
    """Count the rows whose column has one of the values and that meet a condition."""
    listed = list(values)
    return sum(
        session.scalar(
            sa.select(sa.func.count()).where(column.in_(listed[n : n + AT_ONCE]), condition)
        )
        for n in range(0, len(listed), AT_ONCE)
    )


if __name__ == "__main__":
    main()

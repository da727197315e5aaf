"""Receipts per second, verified and recorded, compared with a bare Flask view.

    python bench/receipts.py [--postgresql] [--runs 5] [--seconds 3] [--hearings 0] [--quick]

A receipt is Twilio's signed callback about a message that it accepted. ``--hearings`` first adds
that many hearings to the database.
"""

import argparse
from collections.abc import Sequence

import filling
import load
import sqlalchemy as sa
from contest import Pair, Seats, Send, contest, ring, writing
from measuring import Row, options, table
from twilio.request_validator import RequestValidator

from app.core.db import db
from app.notices.models import Notice
from app.record.models import Entry, Receipt
from app.record.verification import verify

TARGET = 0.4
ACCOUNT, TOKEN, PUBLIC = "AC" + "0" * 32, "f" * 32, "https://tingqi.court.example"
TWILIO = {
    "TINGQI_TWILIO_ACCOUNT_SID": ACCOUNT,
    "TINGQI_TWILIO_AUTH_TOKEN": TOKEN,
    "TINGQI_TWILIO_FROM": "+15005550006",
    "TINGQI_PUBLIC_URL": PUBLIC,
    "TINGQI_TRUSTED_PROXIES": "1",
}
SIGNS = RequestValidator(TOKEN)


def main() -> None:
    """Measure on one database and print the table."""
    print(table(measure(options(__doc__, hearings=0))))


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Fill a database, measure receipts, check that each was folded, and return the rows."""
    with ring(arguments, **TWILIO) as results:
        pairs = contest(
            telling(results.ours, results.seats),
            writing(results.ceiling, {"says": "yes"}),
            arguments.clients,
            arguments.runs,
            arguments.seconds,
        )
        _check(results.seats.used, pairs)
        return [pair.row("Receipt", results.stage.database, TARGET) for pair in pairs]


def telling(port: int, seats: Seats) -> Send:
    """Return a function that posts receipts for messages without one."""

    def send(clients: int, seconds: float) -> load.Told:
        return seats.spend(
            seconds,
            lambda some: load.send(port, [_callback(each) for each in some], clients, seconds),
        )

    return send


def _callback(invitation: filling.Seat) -> bytes:
    path = f"/twilio/status?ref=n{invitation.notice_id}.1"
    form = {
        "AccountSid": ACCOUNT,
        "MessageSid": invitation.carrier_id,
        "SmsSid": invitation.carrier_id,
        "MessageStatus": "delivered",
        "SmsStatus": "delivered",
        "To": "+8613800000001",
        "From": "+15005550006",
        "ApiVersion": "2010-04-01",
    }
    signature = SIGNS.compute_signature(PUBLIC + path, form)
    return load.post(path, form, 0, X_Twilio_Signature=signature)


def _check(seats: Sequence[filling.Seat], pairs: Sequence[Pair]) -> None:
    """Raise unless every receipt is stored, folded, and on a record that verifies."""
    session = db.session()
    session.rollback()
    least = sum(each.answered for pair in pairs for each in pair.ours)
    query = (
        sa.select(sa.func.count()).where(Receipt.notice_id.is_not(None)),
        sa.select(sa.func.count()).where(Notice.state == "delivered", Notice.kind == "proposal"),
        sa.select(sa.func.count()).where(Entry.what == "delivered", Entry.kind == "proposal"),
    )
    results = [session.scalar(each) for each in query]
    assert len(set(results)) == 1, results
    assert least <= results[0] <= len(seats), (least, results, len(seats))
    for seat in seats[:: max(1, len(seats) // 200)]:
        assert verify(session, seat.case_id).intact, seat
    session.rollback()


if __name__ == "__main__":
    main()

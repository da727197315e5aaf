"""What people send back by text: opt-outs are obeyed, everything is filed on the record."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel
from app.notices import record
from app.notices.models import Line, Notice
from app.notices.rules import What

# Twilio's own words, by which it stops and resumes before we hear of it (Twilio, "Opt-out
# keywords"); where it names the kind itself (OptOutType) that is taken.
STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START = {"START", "YES", "UNSTOP"}


def take_text(
    session: Session, sender: str, words: str, opt_out: str, carrier_id: str, now: dt.datetime
) -> int:
    """File a text from a number (E.164) with the newest matter that we texted it about.

    STOP stops further texts to the number, START allows them again. Returns how many counsel the
    number belongs to; a text from a number that nobody has is none of any case's.
    """
    attempt = f"t{carrier_id}"[:40]
    if carrier_id and session.scalar(sa.select(Line.id).where(Line.attempt == attempt).limit(1)):
        return 0  # the carrier tells it once more, as it does when our answer was slow
    people = session.scalars(sa.select(Counsel).where(Counsel.phone == sender)).all()
    word = words.strip().upper()
    stops, starts = opt_out == "STOP" or word in STOP, opt_out == "START" or word in START
    for counsel in people:
        if stops:
            counsel.opted_out_at = now
        elif starts:
            counsel.opted_out_at = None
    last = _last_matters(session, [counsel.id for counsel in people])
    for notice in sorted(last, key=lambda n: n.case_id):
        entry = record.Entry(
            What.TOLD, direction="in", about=notice.about, attempt=attempt,
            counsel_id=notice.counsel_id, side=notice.side, channel="sms", kind="text",
            detail={"opt_out": stops, "opt_in": starts, "carrier_id": carrier_id},
            personal={"name": notice.name, "address": sender, "text": words[:2000]},
        )  # fmt: skip
        record.add(session, notice.court_id, notice.case_id, [entry], now)
    return len(people)


def _last_matters(session: Session, counsel_ids: list[int]) -> list[Notice]:
    newest = (
        sa.select(sa.func.max(Notice.id))
        .where(Notice.counsel_id.in_(counsel_ids), Notice.channel == "sms")
        .group_by(Notice.counsel_id)
    )
    return list(session.scalars(sa.select(Notice).where(Notice.id.in_(newest))))

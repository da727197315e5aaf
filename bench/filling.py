"""Fill a database with a court of any size by set-based SQL, with rows as the app writes them.

``asked`` creates hearings that wait for answers, with keys, holds, messages accepted by a carrier,
and chains that verify; background hearings are created by ``past``.
"""

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import keys
from app.cases.models import Case, Counsel, Party, Representation
from app.core import links
from app.core.db import transaction
from app.court.models import Courtroom, Judge
from app.hearings.models import Booking, Hearing, Invitation, Proposal, Slot
from app.hearings.rules import resource
from app.notices.models import Notice
from app.people import service as people
from app.record.hashing import START, covered, instant, sha
from app.record.models import ChainHead, Entry, EntryContent

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
LANES = 200  # judges, each with a courtroom and two counsel of their own: nothing ever clashes
EMAIL = "bench@court.example"
UNDER_WAY = 1000


@dataclass(frozen=True)
class Seat:
    """An invited counsel: what is needed to answer, and for receipts about their message."""

    invitation_id: int
    representation_id: int
    hearing_id: int
    case_id: int
    proposal_id: int
    slot_ids: tuple[int, ...]
    notice_id: int
    token: str

    @property
    def carrier_id(self) -> str:
        """The carrier's id of the proposal message."""
        return f"SM{self.notice_id:032x}"


def court() -> None:
    """Create the court: judges, courtrooms, counsel and one assistant."""
    with transaction() as session:
        new_court = people.add_court(
            session,
            "上海市浦东新区人民法院",
            short="浦东法院",
            zone="Asia/Shanghai",
            country="CN",
            language="zh",
        )
        people.add_user(session, new_court, EMAIL, name="王书记员", role="assistant", now=NOW)
        lanes = range(1, LANES + 1)
        session.execute(
            sa.insert(Judge),
            [
                {"id": n, "court_id": new_court.id, "name": f"法官{n}", "name_key": f"j{n}"}
                for n in lanes
            ],
        )
        session.execute(
            sa.insert(Courtroom),
            [
                {
                    "id": n,
                    "court_id": new_court.id,
                    "name": f"第{n}法庭",
                    "name_key": f"r{n}",
                    "location": "主楼",
                }
                for n in lanes
            ],
        )
        session.execute(
            sa.insert(Counsel),
            [
                {
                    "id": n,
                    "court_id": new_court.id,
                    "name": f"代理人{n}",
                    "firm": "华诚律师事务所",
                    "language": "zh",
                    "channels": ["sms", "email"],
                    "email": f"c{n}@firm.example",
                    "phone": f"+86138{n:08d}",
                }
                for n in range(1, 2 * LANES + 1)
            ],
        )
        count_on(session, Judge, Courtroom, Counsel)


def look_again() -> None:
    """Update the database's statistics, so that it plans queries as in a grown court."""
    with transaction() as session:
        session.execute(sa.text("ANALYZE"))


FOLLOWS = "SELECT sql FROM sqlite_master WHERE name = 'record_line_follows'"
_off: list[str] = []


def unguarded(session: Session) -> None:
    """Disable foreign keys and triggers for rows that are valid by construction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    elif results := session.scalar(sa.text(FOLLOWS)):
        _off.append(results)
        session.execute(sa.text("DROP TRIGGER record_line_follows"))


def asked(count: int, secret: bytes) -> list[Seat]:
    """Create hearings with three slots and two invited counsel each; return these counsel."""
    seats: list[Seat] = []
    while len(seats) < 2 * count:
        seats += _asked(min(2000, count - len(seats) // 2), secret)
    return seats


def _asked(count: int, secret: bytes) -> list[Seat]:
    rows: dict[type, list[dict[str, Any]]] = {
        model: []
        for model in (
            Case,
            Party,
            Representation,
            Hearing,
            Proposal,
            Slot,
            Invitation,
            Booking,
            Notice,
            ChainHead,
            Entry,
            EntryContent,
        )
    }
    with transaction() as session:
        unguarded(session)
        next_ = {
            model: (session.scalar(sa.select(sa.func.max(model.id))) or 0) + 1  # type: ignore[attr-defined]
            for model in (Case, Party, Hearing, Proposal, Slot, Invitation, Notice, Entry)
        }
        for model in (Notice, Entry):  # answers that are under way take some meanwhile
            next_[model] += UNDER_WAY
        seats = []
        for n in range(count):
            seats += _one_asked(rows, next_, n, secret)
        for model, values in rows.items():
            session.execute(sa.insert(model), values)
        count_on(
            session,
            Case,
            Party,
            Representation,
            Hearing,
            Proposal,
            Slot,
            Invitation,
            Booking,
            Notice,
            Entry,
        )
    return seats


def _one_asked(
    rows: dict[type, list[dict[str, Any]]], next_: dict[Any, int], n: int, secret: bytes
) -> list[Seat]:
    case, hearing, round_ = next_[Case] + n, next_[Hearing] + n, next_[Proposal] + n
    lane, day = hearing % LANES + 1, 300 + hearing // LANES  # beyond every past hearing's
    slots = tuple(next_[Slot] + 3 * n + each for each in range(3))
    times = [NOW + dt.timedelta(days=day, hours=2 * each) for each in range(3)]
    end = dt.timedelta(minutes=90)
    rows[Case].append(
        {
            "id": case,
            "court_id": 1,
            "number": f"（2026）沪0115民初{case}号",
            "number_key": f"asked{case}",
            "title": "买卖合同纠纷",
            "procedure": "ordinary",
            "judge_id": lane,
            "assistant_id": 1,
            "created_at": NOW,
        }
    )
    rows[Hearing].append(
        {
            "id": hearing,
            "court_id": 1,
            "case_id": case,
            "judge_id": lane,
            "kind": "trial",
            "minutes": 90,
            "state": "proposed",
            "uid": f"asked{hearing}",
            "user_id": 1,
            "created_at": NOW,
            "changed_at": NOW,
        }
    )
    rows[Proposal].append(
        {
            "id": round_,
            "hearing_id": hearing,
            "round": 1,
            "answer_by": NOW + dt.timedelta(days=60),
            "fix": "auto",
            "state": "open",
            "rules_version": "bench",
            "created_at": NOW,
        }
    )
    rows[Slot] += [
        {
            "id": slot,
            "proposal_id": round_,
            "starts_at": at,
            "ends_at": at + end,
            "courtroom_id": lane,
        }
        for slot, at in zip(slots, times, strict=True)
    ]
    counsel = (lane * 2 - 1, lane * 2)
    takes = [("judge", lane), ("courtroom", lane), *(("counsel", each) for each in counsel)]
    rows[Booking] += [
        {
            "hearing_id": hearing,
            "resource": resource(*whose),
            "starts_at": at,
            "ends_at": at + end,
            "firm": False,
        }
        for whose in takes
        for at in times
    ]
    seats, entries = [], []
    for k, counsel_id in enumerate(counsel):
        seat, notice = next_[Invitation] + 2 * n + k, next_[Notice] + 2 * n + k
        party = next_[Party] + 2 * n + k
        key = keys.of_representation(secret, party, 1)
        made = Seat(seat, party, hearing, case, round_, slots, notice, key.token)
        _one_seat(rows, made, key, counsel_id, ("claimant", "respondent")[k])
        entries += _lines_of(made, counsel_id)
        seats.append(made)
    _chain(rows, case, next_[Entry] + len(entries) * n, entries)
    return seats


def _one_seat(
    rows: dict[type, list[dict[str, Any]]], seat: Seat, key: keys.Key, counsel: int, side: str
) -> None:
    party = seat.representation_id
    rows[Party].append(
        {"id": party, "case_id": seat.case_id, "role": "原告", "side": side, "name": f"公司{party}"}
    )
    rows[Representation].append(
        {
            "id": party,
            "party_id": party,
            "counsel_id": counsel,
            "key_digest": links.digest(key.token),
            "code_digest": links.digest(key.code),
        }
    )
    rows[Invitation].append(
        {
            "id": seat.invitation_id,
            "proposal_id": seat.proposal_id,
            "counsel_id": counsel,
            "party_id": party,
            "side": side,
            "representation_id": party,
        }
    )
    rows[Notice].append(
        {
            "id": seat.notice_id,
            "key": f"proposal/asked/{seat.invitation_id}/sms",
            "court_id": 1,
            "case_id": seat.case_id,
            "about": f"hearing/{seat.hearing_id}",
            "counsel_id": counsel,
            "invitation_id": seat.invitation_id,
            "representation_id": party,
            "kind": "proposal",
            "channel": "sms",
            "address": f"+86138{counsel:08d}",
            "name": f"代理人{counsel}",
            "side": side,
            "language": "zh",
            "facts": {},
            "due_at": NOW,
            "first_due_at": NOW,
            "stale_at": NOW + dt.timedelta(days=60),
            "state": "sent",
            "tries": 1,
            "tried_at": NOW,
            "carrier": "twilio",
            "carrier_id": seat.carrier_id,
            "handed_at": NOW,
            "created_at": NOW,
        }
    )


def _lines_of(seat: Seat, counsel: int) -> list[Entry]:
    return [
        Entry(
            court_id=1,
            case_id=seat.case_id,
            at=NOW,
            what=what,
            direction="out",
            about=f"hearing/{seat.hearing_id}",
            attempt=f"n{seat.notice_id}.{min(n, 1)}",
            notice_id=seat.notice_id,
            counsel_id=counsel,
            side="",
            channel="sms",
            kind="proposal",
            detail={"carrier": "twilio"} if n else {},
        )
        for n, what in enumerate(("queued", "started", "accepted"))
    ]


def _chain(
    rows: dict[type, list[dict[str, Any]]], case: int, first: int, entries: list[Entry]
) -> None:
    before = START
    for n, entry in enumerate(entries):
        body = {"name": "代理人", "salt": secrets.token_hex(16)}
        entry.seq, entry.prev, entry.content_hash = n + 1, before, sha(body)
        values = {each.key: getattr(entry, each.key) for each in sa.inspect(Entry).column_attrs}
        before = sha(covered(values, instant(entry.at)))
        rows[Entry].append({**values, "id": first + n, "hash": before})
        rows[EntryContent].append({"line_id": first + n, "body": body})
    head = {"case_id": case, "seq": len(entries), "hash": before, "last_at": entries[-1].at}
    rows[ChainHead].append(head)


def count_on(session: Session, *models: type) -> None:
    """Advance PostgreSQL's sequences past the ids assigned here.

    On SQLite, restore the disabled trigger.
    """
    if session.get_bind().dialect.name != "postgresql":
        while _off:
            session.execute(sa.text(_off.pop()))
        return
    for model in models:
        name = model.__tablename__  # type: ignore[attr-defined]
        session.execute(
            sa.text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "
                f"(SELECT COALESCE(MAX(id % 10000000000), 1) FROM {name}))"
            )
        )


def other(seat: Seat, secret: bytes) -> Seat:
    """Return the other counsel of the same hearing."""
    representation_id = seat.representation_id + 1
    return replace(
        seat,
        invitation_id=seat.invitation_id + 1,
        representation_id=representation_id,
        notice_id=seat.notice_id + 1,
        token=keys.of_representation(secret, representation_id, 1).token,
    )

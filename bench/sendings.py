"""A database full of due reminders, and a worker that sends them over a stand-in carrier.

As a program: FOLDER URL MILLISECONDS AT_ONCE MESSAGES; it waits for FOLDER/go.
"""

import datetime as dt
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.carriers.base import CarrierLimit, OutgoingMessage, SendOutcome, SendStatus
from app.carriers.outbox.carrier import Outbox
from app.carriers.registry import ExternalServices
from app.cases.models import Case, Counsel, Party, Representation
from app.config import Settings
from app.core.db import bulk, db, transaction
from app.core.runtime import gc_tuning
from app.core.runtime.clock import SystemClock
from app.court.models import Judge
from app.notices.models import Notice
from app.people import service as people
from app.record import ledger
from app.record.rules import Event
from app.worker import beat, jobs

SECRET = b"a secret of the bench, long enough to be one"
SLICE = 5_000


class Carrier:
    """Stand-in carrier with a delay per text, which lists the texts that it accepted."""

    name, channel = "standin", "sms"

    def __init__(self, file: Path, seconds: float) -> None:
        self.seconds = seconds
        self.file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def send(
        self, messages: Sequence[OutgoingMessage]
    ) -> Iterator[tuple[OutgoingMessage, SendOutcome]]:
        """Send them one after the other."""
        for message in messages:
            call(self.file, message.reference, self.seconds)
            yield (
                message,
                SendOutcome(SendStatus.ACCEPTED, self.name, f"S{message.reference}", "queued"),
            )

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def call(file: int, reference: str, seconds: float) -> None:
    """Send one message: the task of every contender."""
    if seconds:
        time.sleep(seconds)
    os.write(file, f"{reference}\n".encode())


def scenario(folder: Path, url: str, carrier: Any = None, at_once: int = 32) -> Flask:
    """Return an app whose texts go to the stand-in."""
    clock = SystemClock()
    external = ExternalServices(
        clock=clock,
        email=Outbox(folder / "outbox", "email", clock),
        sms=carrier or Outbox(folder / "outbox", "sms", clock),
        limits={"standin": CarrierLimit(at_once)},
    )
    settings = Settings(instance=folder, database_url=url, secret_key=SECRET)
    return create_app(settings, external)


def fill(folder: Path, url: str, due: int, future: int = 0) -> None:
    """Create a court, cases with counsel, and a reminder each, due now or in a week."""
    app = scenario(folder, url)
    with app.app_context():
        upgrade()
        with transaction() as session:
            court = people.add_court(
                session, "Bench", zone="Asia/Shanghai", country="CN", language="zh"
            )
            court_id = court.id
            session.execute(
                sa.insert(Judge), [{"id": 1, "court_id": court_id, "name": "J", "name_key": "j"}]
            )
        now = dt.datetime.now(dt.UTC)
        for first in range(0, due + future, SLICE):
            numbers = range(first + 1, min(first + SLICE, due + future) + 1)
            with transaction() as session:
                _cases(session, court_id, numbers, now)
                _notices(session, court_id, numbers, due, now)
        with transaction() as session:
            session.execute(sa.text("ANALYZE"))
        _set_on(url)
        db.engine.dispose()


def _set_on(url: str) -> None:
    """Advance the sequences past ids that were assigned explicitly."""
    if url.startswith("sqlite"):
        return
    for table in ("judge", "case_file", "counsel", "party", "representation", "notice"):
        with transaction() as session:
            session.execute(
                sa.text(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
                    f"(SELECT max(id) FROM {table}))"
                )
            )


def _cases(session: Any, court_id: int, numbers: range, now: dt.datetime) -> None:
    def made(model: Any, **columns: Any) -> None:
        rows = [{k: v(n) if callable(v) else v for k, v in columns.items()} for n in numbers]
        bulk.insert(session, bulk.table(model), rows)

    def own(n: int) -> int:
        return n

    made(
        Case,
        id=own,
        court_id=court_id,
        judge_id=1,
        number=lambda n: f"（2026）沪0115民初{n}号",
        number_key=lambda n: f"b{n}",
        title="买卖合同纠纷",
        procedure="ordinary",
        created_at=now,
    )
    made(
        Counsel,
        id=own,
        court_id=court_id,
        name="李敏",
        firm="",
        email="",
        zone="",
        travel_minutes=0,
        in_person=False,
        phone=lambda n: f"+8613{n:09}",
        language="zh",
        channels=["sms"],
    )
    made(
        Party,
        id=own,
        case_id=own,
        role="原告",
        name="远洋设备有限公司",
        side="claimant",
        email="",
        phone="",
        reference="",
    )
    made(Representation, id=own, party_id=own, counsel_id=own, required=True)


def _notices(session: Any, court_id: int, numbers: range, due: int, now: dt.datetime) -> None:
    later = now + dt.timedelta(days=7)
    facts = _facts(later)
    rows = [
        {
            "id": n,
            "key": f"reminder-3d/{n}.1/c{n}/sms",
            "court_id": court_id,
            "case_id": n,
            "about": f"hearing/{n}",
            "counsel_id": n,
            "user_id": None,
            "invitation_id": n,
            "link_version": 1,
            "kind": "reminder",
            "channel": "sms",
            "address": f"+8613{n:09}",
            "name": "李敏",
            "side": "claimant",
            "language": "zh",
            "facts": facts | {"case": {"number": f"（2026）沪0115民初{n}号", "title": "合同纠纷"}},
            "due_at": now if n <= due else later,
            "first_due_at": now if n <= due else later,
            "stale_at": later + dt.timedelta(days=1),
            "state": "queued",
            "tries": 0,
            "claimed_by": "",
            "carrier": "",
            "carrier_id": "",
            "created_at": now,
        }
        for n in numbers
    ]
    bulk.insert(session, bulk.table(Notice), rows)
    entries = [
        ledger.NewEntry(
            Event.QUEUED,
            court_id=court_id,
            case_id=row["case_id"],
            about=row["about"],
            attempt=f"n{row['id']}.0",
            notice_id=row["id"],
            counsel_id=row["counsel_id"],
            side="claimant",
            channel="sms",
            kind="reminder",
            personal={"name": row["name"]},
        )
        for row in rows
    ]
    ledger.append(session, entries, now)


def _facts(at: dt.datetime) -> dict[str, Any]:
    return {
        "court": {
            "name": "上海市浦东新区人民法院",
            "short": "浦东法院",
            "zone": "Asia/Shanghai",
            "phone": "",
            "text_links": True,
            "text_slots": False,
        },
        "hearing": {
            "id": 7,
            "uid": "hearing-7@court.example",
            "kind": "trial",
            "minutes": 90,
            "revision": 1,
            "judge": "周法官",
            "starts_at": at.isoformat(),
            "ends_at": (at + dt.timedelta(minutes=90)).isoformat(),
            "courtroom": "第三法庭",
            "location": "主楼三层",
        },
        "assistant": {"name": "王书记员"},
        "reason": "",
        "by_order": False,
        "days": 3,
        "person": {
            "name": "李敏",
            "party": "远洋设备有限公司",
            "side": "claimant",
            "is_court": False,
        },
    }


def some_wait(url: str) -> bool:
    """Tell whether any message is unsent."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        waits = sa.exists().where(Notice.state.in_(("queued", "sending")))
        results = bool(connection.scalar(sa.select(waits)))
    engine.dispose()
    return results


def check(folder: Path, url: str, messages: int) -> None:
    """Raise if a notice is unsent or a chain does not verify."""
    app = scenario(folder, url)
    with app.app_context():
        session = db.session()
        sent = session.scalar(sa.select(sa.func.count()).where(Notice.state == "sent"))
        assert sent == messages, f"{sent} of {messages} are written down as sent"
        for case_id in range(1, messages + 1, 37):
            results = ledger.verify(session, case_id)
            assert results.intact, (case_id, results)
            assert results.entries == 3, results
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    """Run one worker: send until nothing is due."""
    folder, url, milliseconds, at_once, _ = sys.argv[1:]
    me, where = os.getpid(), Path(folder)
    carrier = Carrier(where / f"sent-{me}", float(milliseconds) / 1000)
    app = scenario(where, url, carrier, int(at_once))
    sys.setswitchinterval(jobs.SWITCH_SECONDS)
    gc_tuning.tune()
    with app.app_context():
        sender = beat.sender_of(app)
        db.session().scalar(sa.select(sa.func.count()).select_from(Case))
        db.session.remove()
    (where / f"ready-{me}").touch()
    while not (where / "go").exists():
        time.sleep(0.01)
    (where / f"begun-{me}").write_text(str(time.time()))
    with app.app_context():
        from app.sending import dispatch

        dispatch.send_due(sender, ("sms",))
    (where / f"done-{me}").write_text(str(time.time()))


if __name__ == "__main__":
    main()

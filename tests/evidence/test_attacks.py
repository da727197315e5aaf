"""Whoever owns the database rewrites a case, every hash anew: a party's receipt convicts each way.

What rewrites sealed days is in test_witnesses.py and test_time_stamps.py, and what forges receipts,
keys and statements in test_signed_receipts.py and test_witnesses.py.
"""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.record import hashing, ledger
from app.record.models import ChainHead, Entry, EntryContent
from tests.conftest import CASE, Scenario
from tests.evidence.test_signed_receipts import checked, receipt_of
from tests.evidence.test_signed_receipts import link as link
from tests.evidence.test_time_stamps import command, offline
from tests.faults.test_tampering import unlock

pytestmark = pytest.mark.database
Row = dict[str, Any]
LINES, CONTENTS = Entry.__table__, EntryContent.__table__


def answered(rows: list[Row]) -> Row:
    """Return the entry of counsel's answer."""
    return next(row for row in rows if row["what"] == "answered")


def other_words(rows: list[Row]) -> list[Row]:
    answered(rows)["body"] |= {"comment": "I never said yes"}
    return rows


def other_counsel(rows: list[Row]) -> list[Row]:
    answered(rows)["counsel_id"] = 2
    return rows


def back_dated(rows: list[Row]) -> list[Row]:
    answered(rows)["at"] -= dt.timedelta(days=3)
    return rows


def inserted_before(rows: list[Row]) -> list[Row]:
    own = answered(rows)
    copy = own | {"id": max(row["id"] for row in rows) + 1, "at": rows[0]["at"]}
    return [rows[0], copy, *rows[1:]]


def middle_taken_out(rows: list[Row]) -> list[Row]:
    return [rows[0], *rows[2:]]


def end_deleted(rows: list[Row]) -> list[Row]:
    return rows[: rows.index(answered(rows))]


def all_deleted(rows: list[Row]) -> list[Row]:
    return []


def two_changed_places(rows: list[Row]) -> list[Row]:
    return [rows[1], rows[0], *rows[2:]]


ATTACKS: tuple[Callable[[list[Row]], list[Row]], ...] = (
    other_words,
    other_counsel,
    back_dated,
    inserted_before,
    middle_taken_out,
    end_deleted,
    all_deleted,
    two_changed_places,
)


def read(connection: sa.Connection) -> list[Row]:
    """Return the entries of the case with their contents."""
    query = sa.select(LINES, CONTENTS.c.body).join(CONTENTS, CONTENTS.c.line_id == LINES.c.id)
    return [dict(row) for row in connection.execute(query.order_by(LINES.c.seq)).mappings()]


def write(connection: sa.Connection, rows: list[Row]) -> None:
    """Replace the entries of the case by others, each hash computed anew."""
    connection.execute(sa.delete(CONTENTS))
    connection.execute(sa.delete(LINES))
    last = hashing.START
    for seq, row in enumerate(rows, start=1):
        row |= {"seq": seq, "prev": last, "content_hash": hashing.sha(row["body"])}
        last = row["hash"] = hashing.sha(hashing.covered(row, hashing.instant(row["at"])))
        values = {name: value for name, value in row.items() if name != "body"}
        connection.execute(sa.insert(LINES).values(values))
        connection.execute(sa.insert(CONTENTS).values(line_id=row["id"], body=row["body"]))
    last_at = rows[-1]["at"] if rows else None
    values = {"seq": len(rows), "hash": last, "last_at": last_at}
    connection.execute(sa.update(ChainHead.__table__).values(values))


def test_each_way_to_rewrite_a_case_is_convicted_by_a_receipt_offline_and_online(
    scenario: Scenario, link: str, database: str, tmp_path: Path
) -> None:
    receipt = receipt_of(scenario.client, link)
    keys = scenario.client.get("/record/keys").get_json()
    unlock(scenario, database)
    with scenario.app.app_context(), db.engine.begin() as connection:
        if "postgres" in database:
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS record_head_moves ON record_line")
        original = read(connection)
    convicted = {}
    for attack in (list, *ATTACKS):
        copies = [row | {"body": dict(row["body"])} for row in original]
        with scenario.app.app_context(), db.engine.begin() as connection:
            write(connection, attack(copies))
        with scenario.app.app_context():
            finding = ledger.verify(db.session(), 1)
        exported = command(
            scenario, "record", "export", "--case", CASE["number"], "--format", "json"
        )[1]
        status, said = offline(tmp_path, json.loads(exported), receipt, keys)
        online = "its record was changed since" in checked(scenario, json.dumps(receipt))
        convicted[attack.__name__] = (status == 1 and "NOT WHAT WAS SIGNED" in said, online)
        # Nothing inside the chain shows it, unless entries of messages that were sent are gone.
        assert finding.intact or "in the queue" in str(finding.why), (attack, finding)
    assert convicted.pop("list") == (False, False)  # written back as it was
    assert convicted == {attack.__name__: (True, True) for attack in ATTACKS}


def test_the_receipt_of_one_case_proves_nothing_of_another(
    scenario: Scenario, link: str, tmp_path: Path
) -> None:
    receipt = receipt_of(scenario.client, link)
    keys = scenario.client.get("/record/keys").get_json()
    other = CASE | {"number": "（2026）沪0115民初2号"}
    assert scenario.api("POST", "/cases", other)[0] == 201
    call = {
        "channel": "phone",
        "counsel_id": 1,
        "at": scenario.clock.now().isoformat(),
        "outcome": "spoke",
    }
    for _ in range(receipt["head"]["number"] + 1):
        scenario.wait(seconds=1)
        assert scenario.api("POST", "/cases/2/contacts", call)[0] == 201
    arguments = ("record", "export", "--case", other["number"], "--format", "json")
    status, said = offline(tmp_path, json.loads(command(scenario, *arguments)[1]), receipt, keys)
    assert (status, "NOT WHAT WAS SIGNED" in said) == (1, True), said
    swapped = {**receipt, "case": hashing.sha([receipt["court"], "other"])}
    assert "not signed by this court" in checked(scenario, json.dumps(swapped))

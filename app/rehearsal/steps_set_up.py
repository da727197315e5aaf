"""Steps: an empty database becomes a court with an assistant, courtrooms and cases."""

from flask_migrate import upgrade

from app import schema
from app.db import transaction
from app.people import service as people
from app.rehearsal.play import ASSISTANT, COURT, NUMBERS, ROOMS, Play, rows
from app.rehearsal.report import expect
from app.rehearsal.stage import Stage


def migrate(stage: Stage, _play: Play) -> str:
    """Give the empty database its tables."""
    with stage.app.app_context():
        upgrade()
        fault = schema.fault()
    expect(not fault, fault)
    return f"{stage.database} has the tables of this version"


def court(stage: Stage, play: Play) -> str:
    """Add a court and its assistant, and a token for programs."""
    with stage.app.app_context(), transaction() as session:
        made = people.add_court(session, COURT, zone="Asia/Shanghai", country="CN", language="zh")
        user = people.add_user(session, made, ASSISTANT, role="assistant", now=play.start)
        stage.token = people.create_token(session, user, "rehearsal", play.start)
    return f"{COURT}, {ASSISTANT}"


def token(stage: Stage, _play: Play) -> str:
    """Open the API with the token, and not without; add courtrooms."""
    kept, stage.token = stage.token, ""
    status, _ = stage.api("POST", "/courtrooms", {"name": "Nobody's room"})
    stage.token = kept
    expect(status == 401, f"without a token the API answered {status}, not 401")
    for name, location in ROOMS:
        status, said = stage.api("POST", "/courtrooms", {"name": name, "location": location})
        expect(status == 201, f"POST /courtrooms answered {status}: {said}")
    return f"401 without it, 201 with it: {', '.join(name for name, _ in ROOMS)}"


def import_file(stage: Stage, play: Play) -> str:
    """Enter two cases with counsel on both sides."""
    by_number: dict[str, dict] = {}
    for row in rows():
        case = by_number.setdefault(
            row["number"],
            {**{k: row[k] for k in ("number", "title", "procedure", "judge")}, "parties": []},
        )
        counsel = {
            "name": row["counsel"],
            **{k: row[k] for k in ("firm", "email", "phone", "language")},
            "channels": row["channels"].split(","),
        }
        case["parties"].append(
            {"name": row["party"], "side": row["side"], "role": row["role"], "counsel": [counsel]}
        )
    for number in NUMBERS:
        status, said = stage.api("POST", "/cases", by_number[number])
        expect(status == 201, f"{status} {said}")
        play.case_ids.append(said["id"])
    return "entered"

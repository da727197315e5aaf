"""Pages for whoever keeps the machine: alive, ready, and figures for a monitor."""

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify
from sqlalchemy.orm import Session

from app import schema
from app.db import db
from app.notices.beats import SILENT_AFTER, is_silent, last_beat
from app.notices.models import Head, Notice, Receipt
from app.notices.rules import State
from app.web import now

bp = Blueprint("operations", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """Say that this process answers; asks nothing of anybody else."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Say whether pages can be served, and whether a worker has beaten within a minute.

    Without a worker pages still work and nothing is lost, so that alone is no 503.
    """
    said = {"database": "well", "schema": "current", "worker": "well"}
    try:
        if fault := schema.fault():
            said["schema"] = fault
        elif not _beating():
            said["worker"] = "silent for a minute: is `tingqi worker` running?"
    except sa.exc.OperationalError:
        said["database"] = "away"
    fine = (said["database"], said["schema"]) == ("well", "current")
    return jsonify(said), 200 if fine else 503


def _beating() -> bool:
    return not is_silent(last_beat(db.session()), now())


@bp.get("/metrics")
def metrics() -> Response:
    """Return figures in Prometheus' text format: counts only, nobody's name."""
    lines = _figures(db.session())
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")


def _figures(session: Session) -> list[str]:
    at = now()
    waiting = (
        sa.select(Notice.state, sa.func.count())
        .where(Notice.state.in_([State.QUEUED.value, State.SENDING.value]))
        .group_by(Notice.state)
    )
    counted = {row[0]: row[1] for row in session.execute(waiting)}
    oldest = session.scalar(
        sa.select(sa.func.min(Notice.due_at)).where(Notice.state == State.QUEUED.value)
    )
    beat = last_beat(session)
    unmatched = sa.select(sa.func.count()).select_from(Receipt).where(Receipt.notice_id.is_(None))
    late = max(0.0, (at - oldest).total_seconds()) if oldest else 0.0
    age = (at - beat).total_seconds() if beat else -1.0
    figures = {
        "tingqi_notices_queued": counted.get(State.QUEUED.value, 0),
        "tingqi_notices_sending": counted.get(State.SENDING.value, 0),
        "tingqi_oldest_due_seconds": round(late, 1),
        "tingqi_worker_beat_age_seconds": round(age, 1),
        "tingqi_worker_silent": int(not 0 <= age < SILENT_AFTER.total_seconds()),
        "tingqi_receipts_unmatched": session.scalar(unmatched) or 0,
        "tingqi_record_lines": session.scalar(sa.select(sa.func.sum(Head.seq))) or 0,
    }
    return [
        line
        for name, value in figures.items()
        for line in (f"# TYPE {name} gauge", f"{name} {value}")
    ]

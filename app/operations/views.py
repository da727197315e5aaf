"""Liveness, readiness and metrics for monitoring."""

import datetime as dt

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify
from sqlalchemy.orm import Session

from app.carriers import traffic_split
from app.core.db import db, schema_check
from app.core.errors import Message
from app.core.runtime import disk
from app.core.web import now, services
from app.court.models import Court
from app.evidence import service_levels, unreached
from app.notices.models import Notice
from app.questions import queries as questions
from app.questions.known_facts import KnownFact
from app.record import counters
from app.record.models import Receipt
from app.record.rules import NoticeState
from app.sending import heartbeat
from app.sending.dispatch import CHANNELS
from app.sending.heartbeat import SILENT_AFTER, is_silent, last_beat
from app.storage import stores

bp = Blueprint("operations", __name__)
CONTACT_HOLDS = dt.timedelta(days=180)  # RFC 9116 advises less than a year


@bp.get("/healthz")
def healthz() -> Response:
    """Answer that this process runs; checks nothing else."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Say where a weakness of this installation is reported (RFC 9116), if anybody is named."""
    contact = services().settings.security_contact
    if not contact:
        return Response("No contact is set.\n", 404, mimetype="text/plain")
    expires = (now() + CONTACT_HOLDS).strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = {"Contact": contact, "Expires": expires, "Preferred-Languages": "zh, en"}
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return Response(lines, mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Report database, schema, the worker's heartbeat within a minute, and disk space.

    503 where the database or its schema is unusable. Without a worker, or with little space, pages
    still work and nothing is lost.
    """
    states = {"database": "well", "schema": "current", "worker": "well", "disk": "well"}
    try:
        if fault := schema_check.fault():
            states["schema"] = str(fault)
        elif not _beating():
            states["worker"] = "silent for a minute: is `tingqi worker` running?"
        states["disk"] = str(_nearly_full() or "well")
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError):
        states["database"] = "away"
    is_ready = (states["database"], states["schema"]) == ("well", "current")
    return jsonify(states), 200 if is_ready else 503


def _nearly_full() -> Message | None:
    """Return a warning if the disk of the instance folder, or that of papers, is nearly full."""
    files = services().files
    free = files.free_bytes()
    if warning := disk.nearly_full(services().settings.instance):
        return warning
    if free is None or free >= stores.LOW:
        return None
    words = "nearly full: %(free)s MB left at %(folder)s"
    return Message(words, free=free // 1024**2, folder=str(files))


def _beating() -> bool:
    return not is_silent(last_beat(db.session()), now())


@bp.get("/metrics")
def metrics() -> Response:
    """Return metrics in Prometheus' text format: counts only, no personal data."""
    lines = _metrics(db.session())
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")


def _service_levels(session: Session, at: dt.datetime) -> dict[str, float]:
    """Return the service levels of the last 30 days; those without data are left out."""
    levels, kept = service_levels.measure(session, at), questions.promise_kept(session, at)
    values = {
        "tingqi_promise_handed_over_within_10s_share": levels.prompt_share,
        "tingqi_promise_texts_delivered_share": levels.delivered_share,
        "tingqi_promise_answer_median_seconds": levels.confirmed_after,
        "tingqi_promise_callback_median_seconds": levels.called_after,
        "tingqi_promise_callbacks_waiting": levels.waiting_calls,
        "tingqi_promise_hearings_uneven": levels.uneven,
        "tingqi_promise_questions_in_time_share": kept.share,
        "tingqi_promise_question_median_seconds": kept.median_seconds,
        "tingqi_people_not_reached": sum(
            len(unreached.people(session, court, (), at))
            for court in session.scalars(sa.select(Court))
        ),
    }
    return {name: round(value, 4) for name, value in values.items() if value is not None}


def _metrics(session: Session) -> list[str]:
    at = now()
    oldest = min(filter(None, (_oldest(session, channel) for channel in CHANNELS)), default=None)
    beat = last_beat(session)
    unmatched = sa.select(sa.func.count()).select_from(Receipt).where(Receipt.notice_id.is_(None))
    late = max(0.0, (at - oldest).total_seconds()) if oldest else 0.0
    age = (at - beat).total_seconds() if beat else -1.0
    values = {
        "tingqi_notices_queued": _waiting(session, NoticeState.QUEUED),
        "tingqi_notices_sending": _waiting(session, NoticeState.SENDING),
        "tingqi_oldest_due_seconds": round(late, 1),
        "tingqi_worker_beat_age_seconds": round(age, 1),
        "tingqi_worker_silent": int(not 0 <= age < SILENT_AFTER.total_seconds()),
        "tingqi_receipts_unmatched": session.scalar(unmatched) or 0,
        **_service_levels(session, at),
        **{f"tingqi_{fact.counter}": 0 for fact in KnownFact},
        **{f"tingqi_{name}": value for name, value in counters.totals(session).items()},
        "tingqi_disk_free_bytes": disk.free_bytes(services().settings.instance),
        **_papers_free(),
        "tingqi_workers": heartbeat.alive(session, at) if beat else 0,
    }
    return [
        line
        for name, value in values.items()
        for line in (f"# TYPE {name} gauge", f"{name} {value}")
    ] + _weights(session)


def _papers_free() -> dict[str, float]:
    """Return the free bytes where papers lie; nothing for a bucket."""
    free = services().files.free_bytes()
    return {} if free is None else {"tingqi_papers_free_bytes": free}


def _waiting(session: Session, state: NoticeState) -> int:
    """Count the notices of one state, by its partial index."""
    query = sa.select(sa.func.count()).select_from(Notice).where(Notice.state == state.value)
    return session.scalar(query) or 0


def _oldest(session: Session, channel: str) -> dt.datetime | None:
    """Return the due time of the oldest queued notice of a channel: one index lookup."""
    waiting = sa.select(Notice.due_at).where(
        Notice.state == NoticeState.QUEUED.value, Notice.channel == channel
    )
    return session.scalar(waiting.order_by(Notice.due_at).limit(1))


def _weights(session: Session) -> list[str]:
    """Return the share of each of two carriers in the traffic, in hundredths."""
    lines = [
        f'tingqi_carrier_weight{{carrier="{each.name}"}} {each.weight}'
        for each in traffic_split.all_weights(session)
    ]
    return ["# TYPE tingqi_carrier_weight gauge", *lines] if lines else []

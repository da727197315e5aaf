"""Calendars at unguessable addresses, and counsel's page to subscribe to theirs."""

import datetime as dt
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from app.core import web
from app.core.db import db, retrying
from app.counsel.access import PAGE_RATE, enter
from app.feeds import queries, service
from app.feeds.cache import CalendarCache

bp = Blueprint("feeds", __name__)


@bp.get("/feeds/<token>.ics")
@web.limiter.exempt
def calendar(token: str) -> Response:
    """Give a calendar, or 304 where the asker has it already. Writes nothing."""
    session, now = db.session(), web.now()
    asked = queries.asked(session.connection(), token)
    if asked is None:
        with web.limiter.limit(PAGE_RATE):  # whoever tries addresses; a known one costs no counting
            pass
        words = "There is no calendar at this address, or it was ended.\n"
        return Response(words, 404, content_type="text/plain; charset=utf-8")
    edition, kept = calendars().read(session, asked, now)
    # A new name of the calendar leaves no date behind: a date is never older than this hour.
    changed_at = max(edition.changed_at, now.replace(minute=0, second=0, microsecond=0))
    if _has_it(edition.tag, changed_at):
        return _headed(Response(status=304), edition.tag, changed_at)
    packed = calendars().gzipped(kept, edition) if _takes_gzip() else None
    answer = Response(packed or edition.body, content_type="text/calendar; charset=utf-8")
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Content-Disposition"] = 'inline; filename="tingqi.ics"'
    return _headed(answer, edition.tag + ("-gzip" if packed else ""), changed_at)


def calendars() -> CalendarCache:
    """Return what this process keeps of calendars that were asked for."""
    kept: CalendarCache = current_app.extensions["tingqi-calendars"]
    return kept


def _headed(answer: Response, tag: str, changed_at: dt.datetime) -> Response:
    answer.set_etag(tag)
    answer.last_modified = _second(changed_at)
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


def _takes_gzip() -> bool:
    asked = request.headers.get("Accept-Encoding", "")
    return "gzip" in asked and request.accept_encodings["gzip"] > 0


def _has_it(tag: str, changed_at: dt.datetime) -> bool:
    """Tell whether the asker's copy is current; the ETag goes first (RFC 9110, 13.2.2).

    Both forms of one calendar say the same, so either's tag will do.
    """
    if request.headers.get("If-None-Match"):
        had = request.if_none_match
        return had.contains_weak(tag) or had.contains_weak(f"{tag}-gzip")
    since = request.if_modified_since
    return since is not None and _second(changed_at) <= since


def _second(at: dt.datetime) -> dt.datetime:
    """Return the first whole second not before a time: HTTP dates know no fractions."""
    return at if not at.microsecond else at.replace(microsecond=0) + dt.timedelta(seconds=1)


@bp.get("/r/<token>/feed")
@web.limiter.limit(PAGE_RATE)
def subscribe(token: str) -> Any:
    """Show counsel the address of their calendar, or the button that makes it."""
    view = enter(token)
    session = db.session()
    feed = queries.open_feed(session, view.court.id, "counsel", view.counsel.id, None)
    url, name = web.services().settings.public_url, view.court.short
    ways = service.ways_of(feed, url, web.secret(), name) if feed is not None else None
    return render_template("feeds/subscribe.html", token=token, view=view, ways=ways)


@bp.post("/r/<token>/feed")
@web.limiter.limit(PAGE_RATE)
def begin(token: str) -> Any:
    """Open counsel's own calendar, or end it with ``stop=1``: a new one has a new address."""
    view = enter(token)
    court_id, counsel_id, now, secret = view.court.id, view.counsel.id, web.now(), web.secret()
    if request.form.get("stop"):
        feed = queries.open_feed(db.session(), court_id, "counsel", counsel_id, None)
        if feed is not None:
            court, feed_id = view.court, feed.id
            retrying(lambda session: service.revoke(session, court, feed_id, now).id)
    else:
        retrying(
            lambda session: service.open_for_counsel(session, court_id, counsel_id, now, secret)[1]
        )
    return redirect(url_for("feeds.subscribe", token=token), 303)

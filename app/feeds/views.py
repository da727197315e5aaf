"""Calendars at unguessable addresses, and counsel's page to subscribe to theirs."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from app import ical, web
from app.db import db, retrying
from app.feeds import queries, service
from app.hearings.counsel_views import OFTEN, Shut, enter, shut

bp = Blueprint("feeds", __name__)
bp.register_error_handler(Shut, shut)


@bp.get("/feeds/<token>.ics")
@web.limiter.limit(OFTEN)
def calendar(token: str) -> Response:
    """Give a calendar, or 304 where the asker has it already. Writes nothing."""
    found = queries.by_token(db.session(), token)
    if found is None:
        words = "There is no calendar at this address, or it was ended.\n"
        return Response(words, 404, content_type="text/plain; charset=utf-8")
    feed, court = found
    read = service.read(db.session(), feed, court, web.now())
    answer = make_response()
    answer.set_etag(read.etag)
    answer.last_modified = _second(read.changed_at)
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.content_type = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = 'inline; filename="tingqi.ics"'
    if _has_it(read):
        answer.status_code = 304
        return answer
    organizer = (court.name, web.house().settings.court_address)
    answer.set_data(ical.feed(read.name, read.events, stamp=feed.created_at, organizer=organizer))
    return answer


def _has_it(read: service.Calendar) -> bool:
    """Tell whether the asker's copy is current; the ETag goes first (RFC 9110, 13.2.2)."""
    if request.headers.get("If-None-Match"):
        return request.if_none_match.contains_weak(read.etag)
    since = request.if_modified_since
    return since is not None and _second(read.changed_at) <= since


def _second(at: dt.datetime) -> dt.datetime:
    """Return the first whole second not before a time: HTTP dates know no fractions."""
    return at if not at.microsecond else at.replace(microsecond=0) + dt.timedelta(seconds=1)


@bp.get("/r/<token>/feed")
@web.limiter.limit(OFTEN)
def subscribe(token: str) -> Any:
    """Show counsel the address of their calendar, or the button that makes it."""
    view = enter(token)
    session = db.session()
    feed = queries.open_feed(session, view.court.id, "counsel", view.counsel.id, None)
    address = ""
    if feed is not None:
        address = web.house().settings.public_url.rstrip("/") + service.path_of(feed, web.secret())
    webcal = "webcal://" + address.partition("://")[2] if address else ""
    return render_template(
        "feeds/subscribe.html", token=token, view=view, address=address, webcal=webcal,
        local=urlsplit(address).hostname in ("127.0.0.1", "localhost"),
    )  # fmt: skip


@bp.post("/r/<token>/feed")
@web.limiter.limit(OFTEN)
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

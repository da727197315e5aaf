"""Calendars to subscribe to: open one, list one's own, revoke one."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask.views import MethodView
from marshmallow import fields
from sqlalchemy.orm import Session

from app.api import serializers
from app.api.authentication import requires
from app.api.blueprint import Resource, ShortListIn, part_of
from app.api.document import preconditions
from app.api.schemas import FeedOut, FeedsOut
from app.api.transactions import Answer, CommittedResponse, acting_user, run_read, run_write
from app.core.errors import N_, Invalid, Message, NotFound
from app.core.forms import ChoiceField, Form, RowIdField, TextField, posted
from app.core.normalization import name_key
from app.core.web import services
from app.court import service
from app.court.models import Judge
from app.feeds import service as feeds
from app.feeds.models import Feed
from app.hearings.service import CourtContext
from app.people.rules import TokenScope

SCOPES = ("me", "judge", "courtroom", "counsel", "hearing")
bp = Resource("feeds", __name__, description="Calendars to subscribe to")


@dataclass(frozen=True, kw_only=True)
class FeedIn(Form):
    """Subject of a feed: by id, or a judge or courtroom by name."""

    scope: str = posted(ChoiceField(SCOPES, required=True))
    judge_id: int | None = posted(RowIdField(load_default=None, allow_none=True))
    courtroom_id: int | None = posted(RowIdField(load_default=None, allow_none=True))
    counsel_id: int | None = posted(RowIdField(load_default=None, allow_none=True))
    hearing_id: int | None = posted(RowIdField(load_default=None, allow_none=True))
    busy_only: bool = posted(
        fields.Boolean(
            load_default=False,
            metadata={"description": "Of a courtroom: when it is taken, and nothing of what for"},
        )
    )
    name: str = posted(
        TextField(200, load_default="", metadata={"description": "Of the judge or courtroom"})
    )

    @property
    def row_id(self) -> int | None:
        """The id given for the scope, or None."""
        return {
            "judge": self.judge_id,
            "courtroom": self.courtroom_id,
            "counsel": self.counsel_id,
            "hearing": self.hearing_id,
        }.get(self.scope)


@dataclass(frozen=True, kw_only=True)
class FeedsIn(ShortListIn):
    """Filter of the list of feeds."""

    scope: str | None = posted(ChoiceField(SCOPES, load_default=None, allow_none=True))


@bp.route("")
class FeedCollection(MethodView):
    """The asker's feeds."""

    @requires(TokenScope.READ)
    @bp.arguments(FeedsIn.schema(), location="query")
    @bp.response(200, FeedsOut)
    def get(self, query: FeedsIn) -> Any:
        """List the feeds that this user opened and that are not revoked"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            shapes = [
                {**_shape(each, context), **_address(each, context)}
                for each in feeds.feeds_of(session, context.court, acting_user(context))
            ]
            found = [each for each in shapes if query.scope in (None, each["scope"])]
            shown, following = part_of(
                found, query, lambda each: int(each["id"]), newest_first=False
            )
            return {"feeds": shown, "next": following}

        return run_read(read)

    @requires(TokenScope.SCHEDULE)
    @bp.arguments(FeedIn.schema())
    @bp.response(201, FeedOut)
    def post(self, form: FeedIn) -> Answer:
        """Open a feed; its address is a key to the dates in it"""

        def open_(session: Session, context: CourtContext) -> CommittedResponse:
            whose = _whose(session, context, form)
            feed, _ = feeds.open_feed(
                session,
                context.court,
                form.scope,
                whose,
                context.user,
                context.now,
                context.secret,
                busy_only=form.busy_only,
            )
            return CommittedResponse(_shape(feed, context), 201, unkept=_address(feed, context))

        def again(session: Session, context: CourtContext, kept: dict[str, Any]) -> dict[str, Any]:
            return _address(session.get_one(Feed, kept["id"]), context)

        return run_write(open_, again)


def _shown(session: Session, context: CourtContext, feed_id: int) -> dict[str, Any]:
    """Return a feed of the court. Raises NotFound, also for one that was revoked."""
    feed = feeds.find(session, context.court, feed_id)
    return {**_shape(feed, context), **_address(feed, context)}


@bp.route("/<row:feed_id>")
class FeedResource(MethodView):
    """One calendar."""

    @requires(TokenScope.READ)
    @bp.response(200, FeedOut)
    def get(self, feed_id: int) -> Any:
        """Show a feed that this user opened"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            user = acting_user(context)
            own = [each.id for each in feeds.feeds_of(session, context.court, user)]
            if feed_id not in own:
                raise NotFound(feeds.NO_FEED, feed=feed_id)
            return _shown(session, context, feed_id)

        return run_read(read)

    @requires(TokenScope.SCHEDULE)
    @preconditions.takes_if_match()
    @bp.response(204)
    def delete(self, feed_id: int) -> Any:
        """Revoke a feed: its address opens nothing from now on"""

        def end(session: Session, context: CourtContext) -> CommittedResponse:
            feeds.find(session, context.court, feed_id, lock=True)
            preconditions.check(FeedOut, partial(_shown, session, context, feed_id))
            feeds.revoke(session, context.court, feed_id, context.now)
            return CommittedResponse({}, 204)

        run_write(end)
        return None


def _whose(session: Session, context: CourtContext, form: FeedIn) -> int | None:
    """Return the id of the row that a feed is about. Raises Invalid, naming the field."""
    scope, name = form.scope, form.name
    if scope == "me":
        return None
    if form.row_id:
        return form.row_id
    if not name or scope not in ("judge", "courtroom"):
        raise Invalid({f"{scope}_id": Message(N_("Say whose calendar to create."))})
    found = (
        service.find_courtroom(session, context.court.id, name)
        if scope == "courtroom"
        else session.scalar(
            sa.select(Judge).where(
                Judge.court_id == context.court.id, Judge.name_key == name_key(name)
            )
        )
    )
    if found is None:
        raise Invalid({"name": Message(N_("There is nothing named %(name)s here."), name=name)})
    return found.id


def _shape(feed: Feed, context: CourtContext) -> dict[str, Any]:
    scope = "me" if feed.scope == "assistant" else feed.scope
    return {
        "id": feed.id,
        "scope": scope,
        "whose": feed.owner_id,
        "busy_only": feed.busy_only,
        "created_at": serializers.moment(feed.created_at, context.court.zone),
    }


def _address(feed: Feed, context: CourtContext) -> dict[str, str]:
    return {"url": services().settings.public_url + feeds.path_of(feed, context.secret)}

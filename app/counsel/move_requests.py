"""Another date: counsel asks all sides and the court for one, and says what they think of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo

from flask import Request, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.core import document_types, web, wording
from app.core.characters import whole_number
from app.core.db import db
from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.core.wording import one_line, typed_lines
from app.counsel import access
from app.counsel.access import NOT_REJECTED, Rejection, Submission, UploadLimits
from app.counsel.page_state import CounselPage
from app.hearings import move_requests
from app.hearings.models import AnswerChoice, MoveReason, Stance
from app.hearings.rescheduling import asking
from app.hearings.rescheduling.asking import MAX_REASON, Opinion, Plea
from app.hearings.rules import from_wall_clock
from app.storage import staged_uploads
from app.storage.downloads import download, scanned_only
from app.storage.staging import StagedDocument, StagedFile

ELSEWHERE = ("court", "number", "at")
UPLOAD = UploadLimits(document_types.LARGEST_FORM, document_types.LARGEST)
MAX_NAME = 200  # characters, of another court or case


@dataclass(frozen=True)
class MoveRequestForm:
    """Request as typed. ``slots``: starts that are ticked, as ISO 8601; None for a form not sent.

    ``document``: what was sent with it, if anything, or why it is not taken.
    """

    reason: str = ""
    words: str = ""
    private: bool = False
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    slots: Sequence[str] | None = None
    document: StagedDocument | None = None
    document_error: Message | None = None


@dataclass(frozen=True)
class OpinionForm:
    """What counsel says to the request of that number: "all", "some" with ``says``, or "object"."""

    number: int = 0
    stance: str = ""
    says: Mapping[int, str] = field(default_factory=dict)
    words: str = ""
    # Which answer of counsel the page showed, None where it does not say.
    seen: str | None = None


def read(request: Request) -> MoveRequestForm:
    """Return the form of a request; the type of the document is found by its bytes."""
    values = request.form
    upload = request.files.get("paper")
    document, error = None, None
    if upload is not None and upload.filename:
        file = cast(StagedFile, upload.stream)
        stream = cast(BinaryIO, upload.stream)
        if (error := document_types.fault_of(stream, file.size)) is None:
            media_type = document_types.kind_of(stream)
            name = document_types.name_of(upload.filename, media_type)
            document = StagedDocument(name, media_type, file)
    return MoveRequestForm(
        reason=values.get("kind", ""),
        words=typed_lines(values.get("reason", "")),
        private=values.get("private") == "1",
        elsewhere={name: one_line(values.get(f"elsewhere_{name}", "")) for name in ELSEWHERE},
        slots=values.getlist("slot"),
        document=document,
        document_error=error,
    )


def read_opinion(request: Request) -> OpinionForm:
    """Return the form of an opinion."""
    values = request.form
    says = {
        number: choice
        for name, choice in values.items()
        if (number := _number(name.removeprefix("slot-"))) and choice in tuple(AnswerChoice)
    }
    return OpinionForm(
        number=_number(values.get("request", "")),
        stance=values.get("stance", ""),
        says=says,
        words=typed_lines(values.get("words", "")),
        seen=values.get("seen"),
    )


def render(page: CounselPage, form: MoveRequestForm, rejection: Rejection) -> str:
    """Render the form, or the request that is open."""
    return _render(page, rejection, form, OpinionForm())


def render_opinion(page: CounselPage, form: OpinionForm, rejection: Rejection) -> str:
    """Render the open request with what counsel said to it."""
    return _render(page, rejection, MoveRequestForm(), form)


def _render(
    page: CounselPage, rejection: Rejection, form: MoveRequestForm, opinion: OpinionForm
) -> str:
    session = db.session()
    requests = move_requests.requests_of(session, page.hearing.id)
    current = next((each for each in requests if each.state == "open"), None)
    opinions = current.opinions if current else []
    own = next((each for each in opinions if each.counsel_id == page.counsel.id), None)
    asks = not (own and own.asks) and page.can_request_move
    return access.render(
        "counsel/move_requests.html",
        page,
        rejection,
        form=form,
        opinion_form=opinion,
        current=current,
        own=own,
        earlier=[each for each in requests if each.state != "open"],
        agreed=move_requests.agreed_slot(session, current) if current else None,
        suggested=[] if current or not asks else asking.suggested(session, page.hearing, web.now()),
        may_ask=asks,
        reasons=list(MoveReason),
        max_reason=MAX_REASON,
    )


def line(page: CounselPage) -> str:
    """Return whether a request is open and waits for counsel, for the list on counsel's page."""
    request = page.move_request
    if request is None:
        return gettext("The date stays until the court decides")
    own = next((each for each in request.opinions if each.counsel_id == page.counsel.id), None)
    if page.begun:
        return gettext("The court has not decided on it.")
    when = wording.moment(request.created_at, page.court.zone, web.language())
    if own and own.stance:
        return gettext("Asked on %(when)s; the court has not decided yet", when=when)
    by = wording.moment(request.answer_by, page.court.zone, web.language())
    return gettext("The other side asked on %(when)s: please answer by %(by)s", when=when, by=by)


@access.page
def show(page: CounselPage) -> str:
    """Show the form by which counsel asks for another date, or the request that is open."""
    return render(page, MoveRequestForm(), NOT_REJECTED)


@access.act(read, render, then="counsel.move_requests", upload=lambda: UPLOAD)
def submit(session: Session, submission: Submission[MoveRequestForm]) -> None:
    """Ask the court and all other sides for another date."""
    form, invitation = submission.form, submission.invitation
    errors: dict[str, Message] = {}
    if form.document_error:
        errors["paper"] = form.document_error
    reason = next((each for each in MoveReason if each == form.reason), None)
    if reason is None:
        errors["kind"] = Message(N_("Choose why the date should be moved."))
    zone = ZoneInfo(invitation.hearing.case.court.zone)
    elsewhere = _elsewhere(form, zone, errors) if reason is MoveReason.CLASH else {}
    if errors or reason is None:
        raise Invalid(errors)
    plea = Plea(
        reason=reason,
        words=form.words,
        private=form.private,
        elsewhere=elsewhere,
        document=form.document,
        slots=[at for text in form.slots or () if (at := _instant(text)) is not None],
    )
    asking.request_move(
        session,
        invitation.id,
        plea,
        submission.now,
        submission.delegate,
        store=staged_uploads.store(),
    )


def _number(text: str) -> int:
    """Return a row's number as a form gives it; 0 for anything else."""
    number = whole_number(text, 18)
    return number if isinstance(number, int) else 0


def _instant(text: str) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _elsewhere(form: MoveRequestForm, zone: ZoneInfo, errors: dict[str, Message]) -> dict[str, str]:
    """Return another court's hearing as it is stored; its time is by the court's own clock."""
    values = dict(form.elsewhere)
    for name in ("court", "number"):
        if len(values[name]) > MAX_NAME:
            errors[f"elsewhere_{name}"] = Message(N_("At most %(most)s characters."), most=MAX_NAME)
    if values["at"]:
        try:
            at = from_wall_clock(dt.datetime.fromisoformat(values["at"]).replace(tzinfo=None), zone)
        except ValueError:
            at = Message(N_("Give day and time, as 2026-12-15 09:30."))
        if isinstance(at, Message):
            errors["elsewhere_at"] = at
        else:
            values["at"] = at.isoformat()
    return values


@access.act(read_opinion, render_opinion, then="counsel.move_requests")
def submit_opinion(session: Session, submission: Submission[OpinionForm]) -> None:
    """Say that counsel agrees to another date, to some of the times, or objects."""
    form, invitation = submission.form, submission.invitation
    if form.stance not in ("all", "some", "object"):
        raise Invalid({"stance": Message(N_("Choose one of the answers."))})
    says = dict(form.says)
    if form.stance == "all":
        current = move_requests.open_request(session, invitation.hearing.id)
        says = {slot.id: AnswerChoice.YES.value for slot in current.slots} if current else {}
    stance = Stance.OBJECT if form.stance == "object" else Stance.AGREE
    opinion = Opinion(stance, says, form.words)
    asking.give_opinion(
        session,
        invitation.id,
        form.number,
        opinion,
        submission.now,
        delegate=submission.delegate,
        seen=form.seen,
    )


@access.page
def document(page: CounselPage) -> ResponseReturnValue:
    """Return a document of a request as a download, to counsel of any side who may see it."""
    number = _number(request.args.get("id", ""))
    try:
        # What went to the court alone is not for a delegate either.
        reader_id = 0 if page.delegate else page.counsel.id
        stored = move_requests.document_for(
            db.session(), page.hearing.id, reader_id, number, scanned_only=scanned_only()
        )
    except (NotFound, Refusal) as fault:
        refused = Rejection(web.status_of(fault), web.translated(fault.message))
        return render(page, MoveRequestForm(), refused), refused.status
    assert stored.file is not None
    return download(stored.file, stored.kind, stored.name)

"""Uploads of papers in parts by the protocol tus 1.0: create, go on after a lost line, end.

https://tus.io/protocols/resumable-upload: the core, creation, expiration and termination. An upload
lies in the draft of who began it and is answered to nobody else. Answers are plain text for people,
since the script of the page shows them. The protocol needs no page key: a draft is seen by nobody,
and programs that open links and press buttons do not speak it.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import BinaryIO, NamedTuple, cast

from flask import Blueprint, Response, after_this_request, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.http import http_date

from app.core import document_types, web
from app.core.characters import clean
from app.core.db import db, release_session, retrying
from app.core.errors import Refusal, Unavailable
from app.core.web.params import row_number
from app.core.wording import one_line
from app.counsel import access
from app.counsel.access import DelegateRight
from app.counsel.page_state import CasePage
from app.notices.case_lock import lock_case
from app.papers import rules, uploads
from app.papers.drafting import Author
from app.papers.models import PaperUpload
from app.papers.rules import FileFault
from app.papers.uploads import FileRefused, NewUpload
from app.storage import resumable, staged_uploads
from app.storage.resumable import LockedByAnother, ResumedFile

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
PART_TYPE = "application/offset+octet-stream"
NUMBER = re.compile(r"\d{1,15}")
CREATE, UPLOAD = "/r/<token>/papers/uploads", "/r/<token>/papers/uploads/<upload>"
STATUS = {FileFault.EMPTY: 422, FileFault.LARGE: 413, FileFault.TYPE: 415, FileFault.ROOM: 413}
View = Callable[..., Response]


class ProtocolError(Exception):
    """A request that does not keep the rules of the protocol: status and words for its answer."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class ReceivingUpload(NamedTuple):
    """An upload to which a part is sent; nothing of the database is held meanwhile."""

    id: int
    name: str
    size: int
    stamp: str
    expires: str


def add_routes(bp: Blueprint) -> None:
    """Add the addresses of uploads to counsel's pages, and to those of delegates who may file."""
    for rule, endpoint, view, methods in (
        (CREATE, "paper_uploads", create, ["POST"]),
        (CREATE, "paper_uploads_options", options, ["OPTIONS"]),
        (UPLOAD, "paper_upload", change, ["HEAD", "PATCH", "DELETE", "POST"]),
        (UPLOAD, "paper_upload_options", options, ["OPTIONS"]),
    ):
        allowed = access.for_delegates(view, DelegateRight.ANSWER_CASE)
        bp.add_url_rule(rule, endpoint, allowed, methods=methods, provide_automatic_options=False)


def _answer(status: int, words: str = "", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(words, status, named, mimetype="text/plain")


def options(token: str, upload: str = "") -> Response:
    """Answer what of the protocol is understood; the same for every link."""
    return _answer(
        204,
        Tus_Resumable=VERSION,
        Tus_Version=VERSION,
        Tus_Extension=EXTENSIONS,
        Tus_Max_Size=str(staged_uploads.limits().file),
    )


def _protocol(show: Callable[..., Response]) -> View:
    """Guard a view of the protocol: rate, link, version; what is refused is answered as text."""

    @web.limiter.limit(access.PAGE_RATE)
    @wraps(show)
    def view(token: str, **values: str) -> Response:
        @after_this_request
        def name_version(response: Response) -> Response:
            response.headers["Tus-Resumable"] = VERSION
            return response

        page = access.enter_case(token)
        try:
            if request.headers.get("Tus-Resumable") != VERSION:
                raise ProtocolError(412, gettext("This address takes uploads by tus 1.0.0."))
            return show(page, **values)
        except ProtocolError as fault:
            extra = {"Tus_Version": VERSION} if fault.status == 412 else {}
            return _answer(fault.status, fault.words, **extra)
        except FileRefused as fault:
            return _answer(STATUS[fault.fault], web.translated(fault.message))
        except Refusal as fault:
            return _answer(web.status_of(fault), web.translated(fault.message))

    return view


def _number_of(header: str) -> int:
    """Return the number in a header. Raises ProtocolError."""
    text = request.headers.get(header, "")
    if not NUMBER.fullmatch(text):
        raise ProtocolError(400, gettext("%(header)s must be a whole number.", header=header))
    return int(text)


def _metadata() -> dict[str, str]:
    """Return what Upload-Metadata holds, decoded. Raises ProtocolError."""
    pairs = {}
    for each in request.headers.get("Upload-Metadata", "").split(","):
        name, _, value = each.strip().partition(" ")
        try:
            pairs[name] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise ProtocolError(
                400, gettext("%(header)s cannot be read.", header="Upload-Metadata")
            ) from None
    return pairs


def _new_upload(stamp: str) -> NewUpload:
    metadata = _metadata()
    modified = metadata.get("modified", "")
    return NewUpload(
        name=one_line(clean(metadata.get("filename", "")))[-rules.MAX_NAME :] or gettext("File"),
        size=_number_of("Upload-Length"),
        stamp=stamp,
        modified=int(modified) if NUMBER.fullmatch(modified) else 0,
        group=metadata.get("group", "")[:40],
        paper_id=row_number(metadata.get("paper", "")),
    )


@_protocol
def create(page: CasePage) -> Response:
    """Begin an upload in counsel's draft."""
    store, unnamed = staged_uploads.store(), gettext("Paper %(number)s", number="{number}")
    new, now, token = _new_upload(""), web.now(), page.token
    limits = staged_uploads.limits()
    staged_uploads.check_room(min(new.size, limits.file))  # a larger file is refused as too large
    release_session()
    stamp = resumable.begin(store.incoming, now)
    new = replace(new, stamp=stamp)

    def work(session: Session) -> tuple[str, str]:
        author = _author(session, token)
        begun = uploads.begin(session, author, new, limits, unnamed, now)
        return f"{begun.id}-{begun.key}", _expires(begun)

    try:
        address, expires = retrying(work)
    except BaseException:
        uploads.delete_staged(store.incoming, stamp)
        raise
    location = url_for("counsel.paper_upload", token=token, upload=address)
    return _answer(201, Location=location, Upload_Expires=expires, Upload_Offset="0")


def _author(session: Session, token: str) -> Author:
    """Return who files by a link, within a transaction. Raises Gone."""
    acting = access.still_acting(session, token, web.now())
    if acting is None:
        raise uploads.ended()
    representation, delegate = acting
    return Author(representation.party.case, representation, delegate=delegate)


def _expires(upload: PaperUpload) -> str:
    return http_date(uploads.expires_at(upload))


def _find(page: CasePage, address: str) -> PaperUpload:
    """Return the upload at an address, of this counsel in this case. Raises NotFound or Gone."""
    number, _, key = address.partition("-")
    upload_id = row_number(number) or 0
    return uploads.find(db.session(), page.representation.id, upload_id, key, web.now())


@_protocol
def change(page: CasePage, upload: str) -> Response:
    """Tell how far an upload is, take a part of it, or end it."""
    method = request.headers.get("X-HTTP-Method-Override", request.method).upper()
    acts = {"HEAD": _offset, "PATCH": _append, "DELETE": _terminate}
    if method not in acts:
        return _answer(405, Allow="HEAD, PATCH, DELETE, OPTIONS")
    return acts[method](page, _find(page, upload))


def _offset(page: CasePage, upload: PaperUpload) -> Response:
    offset = upload.size
    if upload.finished_at is None:
        incoming = staged_uploads.store().incoming
        try:
            offset = resumable.offset(incoming, upload.stamp, upload.size)
        except FileNotFoundError:
            raise uploads.ended() from None
    return _answer(
        200,
        Upload_Offset=str(offset),
        Upload_Length=str(upload.size),
        Upload_Expires=_expires(upload),
        Cache_Control="no-store",
    )


def _append(page: CasePage, upload: PaperUpload) -> Response:
    """Write a part to the disk; the last one makes the file one of the draft."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != PART_TYPE:
        raise ProtocolError(415, gettext("A part is sent as %(type)s.", type=PART_TYPE))
    offset = _number_of("Upload-Offset")
    if upload.finished_at is not None:
        if offset != upload.size or request.content_length:
            raise _wrong_offset()
        return _answer(204, Upload_Offset=str(offset), Upload_Expires=_expires(upload))
    part = ReceivingUpload(upload.id, upload.name, upload.size, upload.stamp, _expires(upload))
    token = page.token
    release_session()
    try:
        with ResumedFile(staged_uploads.store().incoming, part.stamp, part.size) as file:
            if offset != file.offset:
                raise _wrong_offset()
            staged_uploads.check_room()
            _receive(file)
            if file.size == part.size:
                _complete(token, part, file)
            size = file.size
    except LockedByAnother:
        raise _locked() from None
    except FileNotFoundError:
        raise uploads.ended() from None
    return _answer(204, Upload_Offset=str(size), Upload_Expires=part.expires)


def _wrong_offset() -> ProtocolError:
    return ProtocolError(
        409, gettext("Something else of this file came already. Ask how far it is.")
    )


def _locked() -> ProtocolError:
    words = gettext("Another request is sending this file. Try again in a few seconds.")
    return ProtocolError(423, words)


def _receive(file: ResumedFile) -> None:
    """Write the body of the request, as far as it comes. Raises ProtocolError and Unavailable.

    What came before a line was lost stays. Of a body that is too long, or that the disk does not
    hold, nothing stays.
    """
    before, room = file.size, file.limit - file.offset
    request.max_content_length = room + 1  # one byte too many is noticed below
    try:
        with staged_uploads.limited_patience(request):
            while data := request.stream.read(staged_uploads.PIECE):
                room -= len(data)
                if room < 0:
                    raise RequestEntityTooLarge
                file.write(data)
    except RequestEntityTooLarge:
        file.cut(before)
        words = gettext("This is more than was announced in Upload-Length.")
        raise ProtocolError(413, words) from None
    except Unavailable:
        file.cut(before)
        raise
    except (ClientDisconnected, OSError):
        file.sync()
        words = gettext("The connection was lost. Ask how far the file came, and go on from there.")
        raise ProtocolError(400, words) from None
    file.sync()


def _complete(token: str, part: ReceivingUpload, file: ResumedFile) -> None:
    """Store a file whose last byte came, and make it a file of the draft. Raises FileRefused."""
    store, limits, now = staged_uploads.store(), staged_uploads.limits(), web.now()
    media_type = document_types.kind_of(cast(BinaryIO, file), document_types.PAPERS)
    if media_type:
        file.finish()
        staged_uploads.publish(file)

    def work(session: Session) -> FileFault | None:
        author = _author(session, token)
        heads = lock_case(session, author.case.id, web.secret())
        return uploads.complete(
            session, store, author, part.id, file, media_type, heads, limits, now
        )

    fault = retrying(work)
    file.discard()
    if fault is not None:
        raise FileRefused(fault, part.name, limits)


def _terminate(page: CasePage, upload: PaperUpload) -> Response:
    """End an upload; what it became, if it was complete, stays in the draft."""
    upload_id, stamp, token = upload.id, upload.stamp, page.token
    is_open = upload.finished_at is None
    release_session()
    incoming = staged_uploads.store().incoming
    if is_open:
        try:
            resumable.remove(incoming, stamp)
        except LockedByAnother:
            raise _locked() from None

    def work(session: Session) -> None:
        author = _author(session, token)
        heads = lock_case(session, author.case.id, web.secret())
        uploads.remove(session, author, upload_id, heads, web.now())

    retrying(work)
    return _answer(204)

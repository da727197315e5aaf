"""Papers to be read: a page of each for the court, images of its pages, downloads by link."""

from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context

from app.core import document_types, web
from app.core.db import db
from app.core.errors import N_, Gone, NotFound
from app.core.web.access import signed_in
from app.papers import access, download_links, queries, readers
from app.papers.access import Reader
from app.papers.blueprint import bp
from app.papers.download_links import DownloadLink, FilePart
from app.papers.models import PaperFile, PaperPage
from app.papers.reading.results import ReadingNote, ReadingState
from app.people.models import Role
from app.storage import downloads, stores
from app.storage.clamd import ScanState
from app.storage.downloads import scanned_only
from app.storage.models import StoredFile
from app.storage.scanned import Scanned


@bp.app_template_global()
@pass_context
def part_link(context: Context, file: PaperFile, part: str) -> str:
    """Return the address of a file's "original", "copy" or "image" for the reader of the page.

    The page names its ``reader``, an access.Reader, who may have the file.
    """
    return _address(DownloadLink(file.id, context["reader"], FilePart(part)))


@bp.app_template_global()
@pass_context
def page_link(context: Context, page: PaperPage) -> str:
    """Return the address of the image of a page for the reader of the page."""
    return _address(DownloadLink(page.file_id, context["reader"], FilePart.PAGE, page.number))


@bp.app_template_test()
def offered_to(file: PaperFile, reader: Reader) -> bool:
    """Tell whether the bytes of a file are offered to the reader of a page."""
    return access.withheld_because(file, reader) is None


@bp.app_template_global()
def why_withheld(file: PaperFile, reader: Reader) -> str:
    """Return why a file is not offered to a reader, in the language of the page; "" if it is."""
    reason = access.withheld_because(file, reader)
    return gettext(reason.words) if reason is not None else ""


@bp.app_template_global()
def papers_room() -> str:
    """Return how many megabytes are left for papers where that is little, to administrators."""
    free = web.services().files.free_bytes()
    if current_user.role != Role.ADMIN or free is None or free >= stores.LOW:
        return ""
    return str(free // 1024**2)


@bp.app_template_global()
def scan_of(files: Sequence[Scanned]) -> str:
    """Return the state of the scan of some files: the worst of them, "waiting" before it."""
    states = [each.scan_state for each in files]
    order = (ScanState.FOUND, ScanState.NOT_SCANNED, ScanState.LARGE, ScanState.RELEASED)
    worst = next((each for each in order if each in states), ScanState.CLEAN)
    if worst is ScanState.NOT_SCANNED:
        return "waiting" if scanned_only() else "none"
    return worst.value


@bp.app_template_global()
def reading_notes(file: PaperFile) -> list[str]:
    """Return what is said of a file that was read, in the language of the page."""
    notes = [ReadingNote(each) for each in file.reading_note.split() if each in list(ReadingNote)]
    return [gettext(note.words) for note in notes]


@bp.app_template_global()
def pages_shown(file: PaperFile) -> str:
    """Return which pages of a file are shown as images, and where the others are; "" for all."""
    shown = len(file.images)
    if file.reading_state == ReadingState.PENDING:
        return gettext("The pages are being made ready. Reload this page in a moment.")
    if file.reading_state == ReadingState.NONE:
        return gettext("Files of this type are not shown as pages. Download the file.")
    if file.images_due:
        words = ngettext(
            "Page %(num)s of %(pages)s is ready; the next ones follow. "
            "Reload this page in a moment.",
            "Pages 1–%(num)s of %(pages)s are ready; the next ones follow. "
            "Reload this page in a moment.",
            shown,
            pages=file.pages,
        )
        return str(words)
    if not file.pages or shown == file.pages:
        return ""
    if not shown:
        return gettext("Its pages cannot be shown here. Download the file.")
    words = ngettext(
        "Page %(num)s of %(pages)s is shown here. Download the file for the rest.",
        "Pages 1–%(num)s of %(pages)s are shown here. Download the file for the rest.",
        shown,
        pages=file.pages,
    )
    return str(words)


@bp.get("/filings/papers/<int:paper_id>")
@signed_in
def paper(paper_id: int) -> str:
    """Show a paper to the court: its pages, its files with their digests, who opened it."""
    reader = readers.court_reader(current_user)
    shown = queries.paper_in_court(db.session(), current_user.court_id, paper_id)
    return render_template(
        "desk/case_paper.html",
        case=shown.filing.case,
        paper=shown,
        reader=reader,
        zone=current_user.court.zone,
    )


@bp.get("/filings/files/<int:file_id>")
@signed_in
def to_download(file_id: int) -> Any:
    """Redirect a user of the court to the download of a file, or of the copy that is asked for."""
    reader = readers.court_reader(current_user)
    file = access.file_for(db.session(), file_id, reader, web.now())
    part = FilePart.COPY if "copy" in request.args else FilePart.ORIGINAL
    return redirect(_address(DownloadLink(file.id, reader, part)))


def _address(link: DownloadLink) -> str:
    return url_for("papers.download", token=download_links.issue(web.secret(), link, web.now()))


@bp.get("/download/<token>")
def download(token: str) -> Response:
    """Return a file by its link, as an attachment that no browser runs; needs no cookie.

    Images of pages, which we made, are shown.
    """
    link = download_links.parse(web.secret(), token, web.now(), scanned_only=scanned_only())
    if link is None:
        raise Gone(N_("This link has expired. Go back, reload the page, and press it again."))
    file = access.file_for(db.session(), link.file_id, link.reader, web.now())
    stem = file.name.rpartition(".")[0]
    stored: StoredFile | None
    if link.part is FilePart.ORIGINAL:
        stored, media_type, name = file.file, file.media_type, file.name
    elif link.part is FilePart.COPY:
        stored, media_type, name = file.copy, document_types.PDF, f"{stem}.copy.pdf"
    elif link.part is FilePart.THUMBNAIL:
        stored, media_type, name = file.image, document_types.JPEG, f"{stem}.jpg"
    else:
        stored = queries.page_image(db.session(), file.id, link.page)
        media_type, name = document_types.JPEG, f"{stem}.{link.page}.jpg"
    if stored is None:
        raise NotFound(N_("There is no such file, or it was erased."))
    is_ours = link.part in (FilePart.THUMBNAIL, FilePart.PAGE)
    return downloads.download(stored, media_type, name, inline=is_ours)

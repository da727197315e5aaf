"""Papers of a case: what was filed with its digests and receipts, the bytes, the court's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from flask import Response, g, request
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import Query, Resource, ShortListIn, part_of
from app.api.cases import bp as cases
from app.api.document import preconditions
from app.api.schemas import FilingOut, FilingsOut, PaperFileOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, acting_user, run_read, run_write
from app.cases import service as case_service
from app.cases.forms import SIDES
from app.core import web
from app.core.characters import clean
from app.core.db import db, release_session
from app.core.errors import N_, Invalid, Message, NotFound, joined
from app.core.forms import ChoiceField, Form, TextField, WholeNumberField, posted
from app.core.wording import one_line
from app.evidence import paper_service
from app.evidence.paper_service import ServedCounsel
from app.hearings.service import CourtContext
from app.notices.case_lock import lock_case
from app.papers import access, court_filings, queries, readers, receipts, rules
from app.papers.bundles import views as bundles
from app.papers.bundles.contents import BundleChoice
from app.papers.models import Filing, Paper, PaperFile
from app.papers.opinions import queries as opinions
from app.papers.opinions import sheet
from app.papers.opinions.queries import OpinionItem
from app.papers.queries import SidePapers, WithheldFiling
from app.papers.rules import PaperFields, PaperKind
from app.papers.scanning import releases
from app.people.rules import TokenScope
from app.storage import downloads, staged_uploads
from app.storage.limits import MOST_FILES
from app.storage.staged_uploads import UploadRequest

bp = Resource("papers", __name__, description="Papers that counsel and the court filed")

UPLOAD = {
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    "name": {"type": "string", "maxLength": rules.MAX_NAME},
                    "kind": {"type": "string", "enum": [each.value for each in PaperKind]},
                },
            }
        }
    }
}


def _one_or_more(number: int) -> None:
    if not 1 <= number <= MOST_FILES:
        raise ValidationError(N_("Give a number from 1 to 500."))


@dataclass(frozen=True, kw_only=True)
class FileIn(Query):
    """Which file of a paper, from 1: photographs are its pages."""

    file: int = posted(WholeNumberField(load_default=1, validate=_one_or_more))


def _served(each: ServedCounsel, zone: str) -> dict[str, Any]:
    evidence = each.evidence
    return {
        "counsel": each.counsel.name,
        "counsel_id": each.counsel.id,
        "side": each.side,
        "served_at": moment(evidence.at if evidence else None, zone),
        "by": evidence.grade.name.lower() if evidence else "",
        "channel": each.channel,
        "entry": evidence.seq if evidence else None,
        "rule": each.rule.article["en"],
    }


def _file(number: int, file: PaperFile) -> dict[str, Any]:
    return {
        "number": number,
        "name": file.name,
        "type": file.media_type,
        "bytes": file.size,
        "sha256": file.digest,
        "scan": file.scan_state,
        "finding": file.scan_finding,
    }


def _paper(
    paper: Paper, zone: str, item: OpinionItem | None, served: Sequence[ServedCounsel]
) -> dict[str, Any]:
    return {
        **receipts.paper_as_json(paper),
        "id": paper.id,
        "files": [_file(n, each) for n, each in enumerate(paper.files, 1)],
        "readings": [
            {
                "counsel": each.counsel.name,
                "counsel_id": each.counsel_id,
                "opened_at": moment(each.opened_at, zone),
                "confirmed_at": moment(each.confirmed_at, zone),
                "confirmed_by": each.confirmed_by.name if each.confirmed_by else "",
            }
            for each in paper.readings
        ],
        "dispute": item.state.value if item else "",
        "opinions": [sheet.opinion_as_json(each, zone) for each in item.opinions] if item else [],
        "served": [_served(each, zone) for each in served],
        "delegate_openings": [
            {
                "delegate": each.delegate.name,
                "counsel": each.delegate.representation.counsel.name,
                "opened_at": moment(each.opened_at, zone),
            }
            for each in paper.delegate_openings
        ],
    }


def _filings(session: Session, filings: Sequence[Filing]) -> list[dict[str, Any]]:
    """Return filings of one case as they are answered."""
    if not filings:
        return []
    hashes = receipts.entry_hashes(session, filings)
    case = filings[0].case
    sides = [SidePapers(each.side, [each]) for each in filings]
    items = opinions.items(session, case, sides, web.now())
    served = paper_service.of_case(session, case, filings)
    return [
        {
            **receipts.heading_as_json(filing, hashes.get(filing.id, "")),
            "id": filing.id,
            "number": filing.number,
            "filed_at": moment(filing.filed_at, filing.case.court.zone),
            "papers": [
                _paper(each, case.court.zone, items.get(each.id), served.get(each.id, ()))
                for each in filing.papers
            ],
        }
        for filing in filings
    ]


def _withheld(filing: WithheldFiling, zone: str) -> dict[str, Any]:
    """Return a filing that the court may not read, as it is answered."""
    return {
        "id": filing.id,
        "number": filing.number,
        "filed_at": moment(filing.filed_at, zone),
        "filed_by": filing.counsel.name if filing.counsel else "",
        "side": filing.side,
        "party": filing.party.name,
        "exchange": filing.exchange.number,
        "late": filing.late is not None,
        "late_reason": filing.late.reason if filing.late else "",
        "decision": filing.late.decision if filing.late else "",
        "papers": [
            {
                "id": paper.id,
                "number": paper.number,
                "name": paper.name,
                "kind": paper.kind,
                "proves": paper.proves,
                "sha256": list(paper.digests),
            }
            for paper in filing.papers
        ],
    }


@dataclass(frozen=True, kw_only=True)
class PapersIn(ShortListIn):
    """Filter of the papers of a case; the numbers of a page are those of filings."""

    side: str | None = posted(
        ChoiceField((*SIDES, rules.COURT_SIDE), load_default=None, allow_none=True)
    )


@cases.route("/<row:case_id>/papers", methods=["GET"])
@requires(TokenScope.READ)
@cases.arguments(PapersIn.schema(), location="query")
@cases.response(200, FilingsOut)
def of_case(query: PapersIn, case_id: int) -> Any:
    """List what was filed in a case, the first filing first, with digests and who opened what"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        case = case_service.find_case(session, context.court.id, case_id)
        sides = [
            each for each in queries.by_side(session, case.id) if query.side in (None, each.side)
        ]
        all_filed: list[Filing | WithheldFiling] = []
        for side in sides:
            all_filed += [*side.filings, *side.withheld]
        shown, following = part_of(
            all_filed, query, lambda each: each.number or 0, newest_first=False
        )
        filings = [each for each in shown if isinstance(each, Filing)]
        withheld = [each for each in shown if isinstance(each, WithheldFiling)]
        return {
            "filings": _filings(session, filings),
            "withheld": [_withheld(each, case.court.zone) for each in withheld],
            "next": following,
        }

    return run_read(read)


@cases.route("/<row:case_id>/papers", methods=["POST"])
@requires(TokenScope.CONTACT)
@cases.doc(requestBody=UPLOAD)
@cases.response(201, FilingOut)
def give(case_id: int) -> Answer:
    """Give the court's own papers to all sides: multipart, with `file` once or several times"""
    release_session()
    limits = staged_uploads.limits()
    request.max_content_length = limits.form
    cast(UploadRequest, request).staging_limit = limits.file
    files = court_filings.sent_files(request)
    name = one_line(clean(request.form.get("name", "")[:5000])).strip()
    fields = PaperFields(name, request.form.get("kind", PaperKind.OTHER.value))
    errors = dict(rules.checked(fields))
    if not files:
        errors["file"] = Message(N_("Choose at least one file."))
    if faults := court_filings.faults_of(files, limits):
        errors["file"] = joined(faults)
    if errors:
        raise Invalid(errors)
    digests = [each.file.finish() for each in files]
    g.body = {"name": fields.name, "kind": fields.kind, "files": digests}

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        user = acting_user(context)
        case = case_service.find_case(session, context.court.id, case_id)
        filing = court_filings.file_for_court(session, case, user, files, fields)
        return CommittedResponse(_filings(session, [filing])[0], 201)

    return run_write(write)


@cases.route("/<row:case_id>/papers.zip", methods=["GET"])
@requires(TokenScope.READ)
@cases.response(200, content_type="application/zip")
def as_zip(case_id: int) -> Response:
    """Return all papers of a case as filed: a zip with a list of their digests"""

    def read(session: Session, context: CourtContext) -> Response:
        case = case_service.find_case(session, context.court.id, case_id)
        return bundles.zip_of(case, readers.program_reader(context.court.id), BundleChoice())

    return read(db.session(), run_read(lambda session, context: context))


@bp.route("/<row:paper_id>", methods=["GET"])
@requires(TokenScope.READ)
@bp.arguments(FileIn.schema(), location="query")
@bp.response(200, content_type="application/octet-stream")
def original(form: FileIn, paper_id: int) -> Response:
    """Return the bytes of a paper as filed; of several photographs the one that `file` names"""

    def read(session: Session, context: CourtContext) -> Response:
        paper = queries.paper_in_court(session, context.court.id, paper_id)
        if form.file > len(paper.files):
            raise NotFound(N_("There is no such file, or it was erased."))
        reader = readers.program_reader(context.court.id)
        file = access.file_for(session, paper.files[form.file - 1].id, reader, context.now)
        assert file.file is not None
        return downloads.download(file.file, file.media_type, file.name)

    return read(db.session(), run_read(lambda session, context: context))


@dataclass(frozen=True, kw_only=True)
class ReleaseIn(Form):
    """Why a file that was set aside is released; all counsel read it."""

    reason: str = posted(TextField(releases.MAX_REASON, blank=False, required=True))


def _paper_file(paper: Paper, number: int) -> dict[str, Any]:
    """Return a file of a paper by its number, from 1. Raises NotFound."""
    if number > len(paper.files):
        raise NotFound(N_("There is no such file, or it was erased."))
    return _file(number, paper.files[number - 1])


@bp.route("/<row:paper_id>/files/<row:number>", methods=["GET"])
@requires(TokenScope.READ)
@bp.response(200, PaperFileOut)
def file(paper_id: int, number: int) -> Any:
    """Show a file of a paper: its digest, and what the scanner found in it, if anything"""
    return run_read(
        lambda session, context: _paper_file(
            queries.paper_in_court(session, context.court.id, paper_id), number
        )
    )


@bp.route("/<row:paper_id>/files/<row:number>/release", methods=["POST"])
@requires(TokenScope.ADMIN)
@preconditions.takes_if_match()
@bp.arguments(ReleaseIn.schema())
@bp.response(200, PaperFileOut)
def release(form: ReleaseIn, paper_id: int, number: int) -> Answer:
    """Release a file that the scanner had set aside, with a reason that all counsel read"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        user, court_id = acting_user(context), context.court.id
        paper = queries.paper_in_court(session, court_id, paper_id)
        lock_case(session, paper.filing.case_id, context.secret)
        shown = partial(_paper_file, paper, number)
        shown()
        for each in paper.files:
            session.refresh(each)
        preconditions.check(PaperFileOut, shown)
        releases.release(
            session,
            court_id,
            paper.files[number - 1].id,
            form.reason,
            user,
            context.now,
            context.secret,
        )
        return CommittedResponse(shown())

    return run_write(write)

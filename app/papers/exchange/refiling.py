"""File evidence of an exchange that was cancelled into the one that is open, without an upload.

It is a new filing of the party, by a press of who acts for it, with new numbers, sealed if the new
exchange is: the court, which may not read what was sealed, can file nothing for a side. The bytes
are stored under their digest, so that both filings refer to the same files.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload

from app.cases.models import Representation
from app.core.errors import N_, Refusal
from app.papers import service
from app.papers.drafting import Author
from app.papers.exchange import queries, rules
from app.papers.exchange.filing import ExchangeChoice
from app.papers.exchange.models import Exchange
from app.papers.exchange.rules import ExchangeState
from app.papers.models import FileRelease, Filing, Paper, PaperFile, PaperPage
from app.record.chain import ChainPosition

# Columns of a file that are not those of the file that it repeats.
OWN_COLUMNS = {"id", "paper_id", "upload_id", "read_after", "scan_after"}


def refilable(session: Session, case_id: int, party_id: int) -> Sequence[Paper]:
    """Return what a party filed into exchanges that were cancelled, and has not filed again.

    The first filing first; what was erased is left out.
    """
    again = aliased(Paper)
    query = (
        sa.select(Paper)
        .join(Filing)
        .join(Exchange, Exchange.id == Filing.exchange_id)
        .join(Representation, Representation.id == Filing.representation_id)
        .where(
            Filing.case_id == case_id,
            Exchange.state == ExchangeState.CANCELLED.value,
            Representation.party_id == party_id,
            ~sa.exists().where(again.repeats_id == Paper.id),
        )
        .options(selectinload(Paper.files).selectinload(PaperFile.images))
        .order_by(Filing.number, Paper.position)
    )
    return [paper for paper in session.scalars(query) if not paper.is_erased]


def file_again(
    session: Session,
    author: Author,
    exchange_id: int,
    now: dt.datetime,
    heads: Mapping[int, ChainPosition],
    page_nonce: str,
) -> Filing:
    """File evidence of cancelled exchanges into the open one; ``heads`` are of ``lock_case``.

    Raises Refusal where another exchange is open by now, or none, where it is over for the party,
    and where there is nothing that was not filed again before.
    """
    representation = author.representation
    assert representation is not None
    case_id, party_id = author.case.id, representation.party_id
    exchange = queries.current(session, case_id)
    if exchange is None or exchange.id != exchange_id or not exchange.is_open:
        raise Refusal(N_("Nothing was filed: the exchange of evidence has changed meanwhile."))
    closes_at, is_complete = exchange.closes_for(party_id), exchange.is_complete(party_id)
    if rules.is_late(ExchangeState.OPEN, heads[case_id].next_at(now), closes_at, is_complete):
        raise Refusal(
            N_(
                "Nothing was filed: the exchange is over for your side. Choose the files below and "
                "say why they come late."
            )
        )
    papers = refilable(session, case_id, party_id)
    if not papers:
        raise Refusal(N_("Nothing was filed: these papers were filed again before."))
    filing = Filing(
        court_id=author.case.court_id,
        case=author.case,
        representation=representation,
        counsel_id=author.counsel_id,
        side=author.side,
        created_at=now,
        papers=[_copy(paper, place) for place, paper in enumerate(papers, 1)],
    )
    session.add(filing)
    session.flush()
    choice = ExchangeChoice(exchange.id)
    return service.file_papers(
        session, author, filing, now, heads, page_nonce=page_nonce, choice=choice
    )


def _copy(paper: Paper, position: int) -> Paper:
    return Paper(
        position=position,
        name=paper.name,
        proves=paper.proves,
        kind=paper.kind,
        original=paper.original,
        repeats=paper,
        files=[_copy_of_file(file) for file in paper.files],
    )


def _copy_of_file(file: PaperFile) -> PaperFile:
    columns: dict[str, Any] = {
        column.key: getattr(file, column.key)
        for column in sa.inspect(PaperFile).column_attrs
        if column.key not in OWN_COLUMNS
    }
    pages = [
        PaperPage(number=page.number, image_id=page.image_id, width=page.width, height=page.height)
        for page in file.images
    ]
    known = file.release
    release = known and FileRelease(
        user_id=known.user_id, released_at=known.released_at, reason=known.reason
    )
    return PaperFile(**columns, images=pages, release=release)

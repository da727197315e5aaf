"""Papers in the demo's story: small files drawn when it is played, filed, opened and confirmed."""

import datetime as dt
import io
import random
from typing import Any

import img2pdf
import sqlalchemy as sa
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from app.cases.delegates import Delegation
from app.cases.models import Case, Counsel, Delegate, Party, Representation
from app.core import document_types
from app.delegates import service as delegates
from app.delegates.rules import DelegateInput
from app.hearings.service import CourtContext
from app.notices.case_lock import lock_case
from app.papers import drafting, rules, service
from app.papers.drafting import Author, SentFile
from app.papers.exchange import queries as exchanges
from app.papers.exchange import service as exchange_service
from app.papers.exchange.filing import NOT_ASKED, ExchangeChoice
from app.papers.exchange.rules import ExchangeMode
from app.papers.exchange.service import ExchangeTerms
from app.papers.models import Filing, Paper
from app.papers.opinions import service as opinions
from app.papers.opinions.rules import OpinionInput
from app.papers.rules import PaperFields
from app.storage import staged_uploads, stores

PAGE = (620, 877)  # pixels: A4 at 75 dpi
INK, SEAL, PAPER, DESK = (60, 60, 66), (163, 48, 42), (251, 250, 246), (125, 133, 140)


def representation_of(session: Session, case_id: int, name: str) -> Representation:
    """Return for whom a counsel of the story acts in a case."""
    query = (
        sa.select(Representation)
        .join(Party)
        .join(Counsel, Counsel.id == Representation.counsel_id)
        .where(Party.case_id == case_id, Counsel.name == name)
    )
    return session.scalars(query).one()


def file_papers(session: Session, case_id: int, data: dict[str, Any], at: CourtContext) -> None:
    """Let counsel, or the court where nobody is named, file papers of a case."""
    case = session.get_one(Case, case_id)
    author = Author(case, user=at.user)
    if name := data.get("by", ""):
        representation = representation_of(session, case_id, name)
        author = Author(case, representation, delegate=_delegation(session, representation, data))
    heads = lock_case(session, case_id, at.secret)
    draft = drafting.open_draft(session, author, at.now)
    for item in data["items"]:
        _add(session, draft, item, at.now)
    current = exchanges.current(session, case_id) if data.get("exchange") else None
    choice = ExchangeChoice(current.id) if current else NOT_ASKED
    filing = service.file_papers(session, author, draft, at.now, heads, choice=choice)
    if data.get("seen"):
        service.note_seen(session, at.court.id, filing.id)


def _delegation(
    session: Session, representation: Representation, data: dict[str, Any]
) -> Delegation | None:
    """Return the delegate who files for counsel, if the story names one."""
    if not data.get("delegate"):
        return None
    delegate = session.scalars(
        sa.select(Delegate).where(
            Delegate.representation_id == representation.id, Delegate.name == data["delegate"]
        )
    ).one()
    return Delegation(delegate.id, delegate.name, representation.counsel.name)


def _add(session: Session, draft: Filing, item: dict[str, Any], now: dt.datetime) -> None:
    """Add one paper of the story to a draft: photographs of its pages, or a PDF of them."""
    store, seed, limits = staged_uploads.store(), item["name"], staged_uploads.limits()
    pages = [_page(f"{seed} {number}") for number in range(item.get("pages", 1))]
    if item.get("photographed"):
        files = [(f"IMG_{n}.jpg", document_types.JPEG, _photograph(p)) for n, p in enumerate(pages)]
    else:
        as_pdf = img2pdf.convert([_jpeg(page) for page in pages])
        files = [(f"{seed}.pdf", document_types.PDF, as_pdf)]
    sent = []
    for name, media_type, content in files:
        staged = stores.stage(store, now, limits.file)
        staged.write(content)
        store.publish(staged)
        sent.append(SentFile(name, media_type, staged, "photo"))
    before = {paper.id for paper in draft.papers}
    drafting.add_files(session, store, draft, sent, item["name"], now, limits)
    [paper] = [each for each in draft.papers if each.id not in before]
    typed = PaperFields(
        item["name"],
        item.get("kind", rules.PaperKind.OTHER.value),
        item.get("proves", ""),
        item.get("original", False),
    )
    drafting.describe(draft, {paper.id: typed}, item["name"])
    for each in sent:
        each.file.discard()


def _page(seed: str) -> Image.Image:
    """Draw a page: a title, lines of text and a seal, different for each seed."""
    chance = random.Random(seed)
    page = Image.new("RGB", PAGE, PAPER)
    pen = ImageDraw.Draw(page)
    width, height = PAGE
    pen.rectangle((width * 0.3, 70, width * 0.7, 82), fill=INK)
    for top in range(130, height - 190, 26):
        pen.rectangle((80, top, width - 80 - chance.randrange(0, 190), top + 4), fill=INK)
    x, y = chance.randrange(370, 470), height - 170
    pen.ellipse((x, y, x + 90, y + 90), outline=SEAL, width=6)
    return page


def _photograph(page: Image.Image) -> bytes:
    """Return a page as a telephone takes it: a little askew, on a desk."""
    shown = page.rotate(2, fillcolor=DESK, expand=True)
    picture = Image.new("RGB", (shown.width + 80, shown.height + 80), DESK)
    picture.paste(shown, (40, 40))
    return _jpeg(picture)


def _jpeg(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=80)
    return content.getvalue()


def read_papers(session: Session, case_id: int, data: dict[str, Any], at: CourtContext) -> None:
    """Let counsel open papers of others, confirm some, and give opinions on some."""
    representation = representation_of(session, case_id, data["by"])
    delegate = _delegation(session, representation, data)
    for number in data.get("opened", ()):
        paper = _paper(session, case_id, data["side"], number)
        service.open_paper(session, representation, paper.id, at.now, at.secret, delegate)
    confirmed = [_paper(session, case_id, data["side"], n).id for n in data.get("confirmed", ())]
    if confirmed:
        service.confirm_received(session, representation, confirmed, at.now, at.secret)
    typed_opinions = {
        _paper(session, case_id, data["side"], each["paper"]).id: OpinionInput(**each["says"])
        for each in data.get("opinions", ())
    }
    if typed_opinions:
        opinions.give(session, representation, typed_opinions, at.now, at.secret)


def _paper(session: Session, case_id: int, side: str, number: int) -> Paper:
    query = sa.select(Paper).join(Filing)
    return session.scalars(
        query.where(Filing.case_id == case_id, Filing.side == side, Paper.number == number)
    ).one()


def start_exchange(
    session: Session, case_id: int, closes_at: dt.datetime, at: CourtContext
) -> None:
    """Let the court open a sealed exchange of evidence."""
    assert at.user is not None
    terms = ExchangeTerms(closes_at)
    exchange_service.start(
        session, at.court.id, case_id, ExchangeMode.SEALED, terms, at.user, at.now, at.secret
    )


def name_delegate(session: Session, case_id: int, data: dict[str, Any], at: CourtContext) -> None:
    """Let counsel name somebody who may act for them."""
    representation = representation_of(session, case_id, data["by"])
    typed = DelegateInput(
        name=data["name"], email=data["email"], language=data["language"], copies=False
    )
    delegates.name(session, representation, typed, at.now, at.secret)

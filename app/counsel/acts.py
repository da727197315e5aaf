"""Table of counsel's pages and acts: addresses, and the links by which counsel's page offers them.

A new act is a module with its form, its views and the call of its service, a template, a test, and
one row here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import Blueprint
from flask_babel import gettext

from app.core import web
from app.core.db import db
from app.core.errors import N_
from app.counsel import (
    access,
    acknowledgements,
    answers,
    calendar_file,
    contact_record,
    move_requests,
    needs,
    new_link,
    page,
    questions,
    short_codes,
)
from app.counsel.access import DelegateRight, View
from app.counsel.address import changing, declaring
from app.counsel.availability import days_away, own_calendar
from app.counsel.callbacks import page as callbacks
from app.counsel.case_hearings import HearingStatus
from app.counsel.delegates import views as delegates
from app.counsel.information import help_page
from app.counsel.page_state import CasePage, CounselPage, CountedFor
from app.counsel.papers import completion, opinions, phone, phone_app, refiling, share_keys
from app.counsel.papers import items as paper_items
from app.counsel.papers import page as papers
from app.counsel.papers import receipts as paper_receipts
from app.counsel.papers import sheet as record_sheet
from app.counsel.papers import uploads as paper_uploads
from app.counsel.signed_receipts import mailing
from app.counsel.signed_receipts import views as signed_receipts

READ, ANSWER = DelegateRight.READ, DelegateRight.ANSWER
READ_CASE, ANSWER_CASE = DelegateRight.READ_CASE, DelegateRight.ANSWER_CASE


def _always(_page: CasePage) -> bool:
    return True


def _unless_withdrawn(page: CasePage) -> bool:
    if not isinstance(page, CounselPage):
        return True
    return page.status != HearingStatus.WITHDRAWN or page.hearing.starts_at is not None


class ActGroup(StrEnum):
    """The list of counsel's page in which an act is linked: of this case, or of counsel."""

    CASE = "case"
    YOU = "you"


def _movable(page: CasePage) -> bool:
    return isinstance(page, CounselPage) and bool(page.can_request_move or page.move_request)


@dataclass(frozen=True)
class Act:
    """A page or an act of counsel below ``/r/<token>``, guarded by ``access``.

    ``show`` answers GET as endpoint ``counsel.<name>``, ``submit`` POST. With a ``label`` counsel's
    page links to it wherever ``offered`` holds, in the list of its ``group``, with an icon of
    Bootstrap and one line of text: what it is for, or a function of the page returning its state.
    ``counting`` selects how many things there are that counsel should know of; where there are any,
    ``counted_line`` says so instead, or "" where they are gone by then. A row with a dotted name
    links to a page of another feature.
    """

    name: str
    path: str = ""
    show: View | None = None
    submit: View | None = None
    label: str = ""
    line: str | Callable[[Any], str] = ""
    counting: Callable[[CountedFor], sa.Select[int]] | None = None
    counted_line: Callable[[CasePage, int], str] | None = None
    icon: str = ""
    group: ActGroup = ActGroup.CASE
    offered: Callable[[CasePage], bool] = _always
    # What it is to a delegate of counsel, and what sending its form is.
    reading: DelegateRight = DelegateRight.NONE
    acting: DelegateRight = DelegateRight.NONE

    @property
    def endpoint(self) -> str:
        """Endpoint of the page."""
        return self.name if "." in self.name else f"counsel.{self.name}"

    @property
    def title(self) -> str:
        """The label in the language of the page."""
        return gettext(self.label)

    def state(self, page: CasePage, count: int) -> str:
        """Return the line below the label, in the language of the page."""
        if count and self.counted_line and (counted := self.counted_line(page, count)):
            return counted
        return gettext(self.line) if isinstance(self.line, str) else self.line(page)


# In the order in which counsel's page links to them.
ACTS = (
    Act("page", "", page.show, reading=READ),
    Act("opened", "/opened", submit=page.opened, acting=READ),
    Act("answers", "", submit=answers.submit, acting=ANSWER),
    Act("acknowledgements", "/knows", submit=acknowledgements.submit, acting=ANSWER),
    Act("calendar_file", "/hearing.ics", calendar_file.show, reading=READ),
    Act(
        "contact_record",
        "/record",
        contact_record.show,
        label=N_("Record of contact"),
        line=N_("Every message and call in this case, to all sides"),
        icon="list-ul",
        offered=_unless_withdrawn,
        reading=READ,
    ),
    Act(
        "questions",
        "/questions",
        questions.show,
        questions.submit,
        label=N_("Ask the court a question"),
        line=N_("All sides read it, and the court's answer"),
        counting=questions.counting,
        counted_line=questions.line,
        icon="chat-left-text",
        reading=READ_CASE,
        acting=ANSWER_CASE,
    ),
    Act(
        "added_words",
        "/questions/word",
        submit=questions.add_word,
        acting=ANSWER_CASE,
    ),
    Act(
        "known_facts",
        "/questions/known",
        submit=questions.fact_helped,
        acting=ANSWER_CASE,
    ),
    Act(
        "question_ratings",
        "/questions/rating",
        submit=questions.rate,
        acting=ANSWER_CASE,
    ),
    Act(
        "papers",
        "/papers",
        papers.show,
        papers.submit,
        label=N_("Papers"),
        line=papers.idle_line,
        counting=papers.counting,
        counted_line=papers.line,
        icon="file-earmark-arrow-up",
        reading=READ_CASE,
        acting=ANSWER_CASE,
    ),
    Act("papers_draft", "/papers/draft", papers.show_draft, reading=ANSWER_CASE),
    Act("device_links", "/papers/phone", submit=phone.submit, acting=ANSWER_CASE),
    Act("draft_state", "/papers/draft.json", phone.show_state, reading=ANSWER_CASE),
    Act(
        "paper",
        "/papers/item",
        paper_items.show,
        paper_items.open_one,
        reading=READ_CASE,
        acting=READ_CASE,
    ),
    Act("papers_received", "/papers/received", submit=paper_items.confirm, acting=ANSWER_CASE),
    Act("papers_again", "/papers/again", submit=refiling.submit, acting=ANSWER_CASE),
    Act("exchange_completion", "/papers/complete", submit=completion.submit),
    Act(
        "opinions",
        "/papers/opinions",
        opinions.show,
        opinions.submit,
        reading=READ_CASE,
        acting=ANSWER_CASE,
    ),
    Act(
        "opinions_same",
        "/papers/opinions/same",
        submit=opinions.submit_same,
        acting=ANSWER_CASE,
    ),
    Act(
        "opinions_withdrawn",
        "/papers/opinions/withdrawn",
        submit=opinions.withdraw,
        acting=ANSWER_CASE,
    ),
    Act("record_sheet", "/papers/sheet", record_sheet.show, reading=READ_CASE),
    Act("record_sheet_json", "/papers/sheet.json", record_sheet.show_json, reading=READ_CASE),
    Act("papers_receipt", "/papers/receipt", paper_receipts.show, reading=READ_CASE),
    Act("papers_receipt_json", "/papers/receipt.json", paper_receipts.show_json, reading=READ_CASE),
    Act(
        "signed_receipts",
        "/receipts",
        signed_receipts.show_all,
        label=N_("Signed receipts"),
        line=N_("Proof of each thing you did here, to keep"),
        icon="patch-check",
        offered=_unless_withdrawn,
        reading=READ_CASE,
    ),
    Act(
        "signed_receipt",
        "/receipt",
        signed_receipts.show,
        mailing.submit,
        reading=READ_CASE,
        acting=READ_CASE,
    ),
    Act("signed_receipt_json", "/receipt.json", signed_receipts.show_json, reading=READ_CASE),
    Act(
        "move_requests",
        "/move",
        move_requests.show,
        move_requests.submit,
        label=N_("Another date"),
        line=move_requests.line,
        icon="calendar2-x",
        offered=_movable,
        reading=READ,
        acting=ANSWER,
    ),
    Act("move_opinions", "/move/opinion", submit=move_requests.submit_opinion, acting=ANSWER),
    Act("move_document", "/move/document", move_requests.document, reading=READ),
    Act(
        "delegates",
        "/delegate",
        delegates.show,
        delegates.submit,
        label=N_("Let somebody act for you"),
        line=N_("An assistant or a colleague, until you end it"),
        counting=delegates.counting,
        counted_line=delegates.line,
        icon="person-plus",
    ),
    Act("delegate_ends", "/delegate/end", submit=delegates.end),
    Act(
        "needs",
        "/needs",
        needs.show,
        needs.submit,
        label=N_("Needs at the hearing"),
        line=N_("Interpreter, hearing loop, step-free way; for the court alone"),
        counting=needs.counting,
        counted_line=needs.line,
        icon="universal-access",
    ),
    Act("withdrawn_needs", "/needs/withdrawn", submit=needs.withdraw),
    Act(
        "feeds.subscribe",
        label=N_("Subscribe to my calendar"),
        line=N_("Dates and changes arrive by themselves"),
        icon="calendar-plus",
        group=ActGroup.YOU,
        offered=_unless_withdrawn,
    ),
    Act(
        "days_away",
        "/away",
        days_away.show,
        days_away.submit,
        label=N_("Days away"),
        line=N_("No days away yet"),
        counting=days_away.counting,
        counted_line=days_away.line,
        icon="calendar-x",
        group=ActGroup.YOU,
    ),
    Act("own_calendar", "/away/calendar", submit=own_calendar.submit),
    Act(
        "address",
        "/address",
        declaring.show,
        declaring.submit,
        label=N_("Your address for service"),
        line=declaring.line,
        counting=declaring.counting,
        counted_line=declaring.pending_line,
        icon="person-vcard",
        group=ActGroup.YOU,
    ),
    Act(
        "consent_withdrawal",
        "/address/withdraw",
        declaring.show_withdrawal,
        declaring.submit_withdrawal,
    ),
    Act("address_changes", "/address/change", submit=changing.submit),
    Act("address_codes", "/address/code", submit=changing.submit_code),
    Act("address_details", "/address/details", submit=changing.submit_details),
    Act(
        "callbacks",
        "/call-me",
        callbacks.show,
        callbacks.submit,
        label=N_("Ask to be called"),
        line=N_("Say when, and what it is about"),
        counting=callbacks.counting,
        counted_line=callbacks.line,
        icon="telephone-inbound",
        group=ActGroup.YOU,
    ),
    Act(
        "new_link",
        "/link",
        new_link.show,
        new_link.submit,
        label=N_("Ask for a new link"),
        line=N_("If somebody else may have this one"),
        icon="key",
        group=ActGroup.YOU,
    ),
)


def offered_acts(page: CasePage) -> dict[str, list[tuple[Act, str]]]:
    """Return the acts to which counsel's page links now with their lines, by group.

    What the lines are about is counted in one statement.
    """
    delegate = page.delegate
    offered = [
        act
        for act in ACTS
        if act.label and act.offered(page)
        if delegate is None or act.reading.permits(delegate)
    ]
    counting = tuple(act.name for act in offered if act.counting)
    counts = _counts(counting, page.counted(web.now())) if counting else {}
    groups: dict[str, list[tuple[Act, str]]] = {group: [] for group in ActGroup}
    for act in offered:
        groups[act.group].append((act, act.state(page, counts.get(act.name, 0))))
    return groups


def _counts(names: tuple[str, ...], of: CountedFor) -> dict[str, int]:
    statement = _counting(names, of.may_answer, of.by_delegate)
    row = db.session().connection().execute(statement, of.parameters).one()
    return dict(zip(names, row, strict=True))


@lru_cache(64)
def _counting(names: tuple[str, ...], may_answer: bool, by_delegate: bool) -> sa.Select:
    """Put the statement together that counts for some acts; for each page, that takes long."""
    of = CountedFor.places(may_answer, by_delegate)
    acts = {act.name: act for act in ACTS}
    return sa.select(*(acts[name].counting(of).scalar_subquery() for name in names))  # type: ignore[misc]


def blueprint() -> Blueprint:
    """Return the blueprint of counsel's pages."""
    bp = Blueprint("counsel", __name__)
    for act in ACTS:
        address = f"/r/<token>{act.path}"
        if act.show:
            view = access.for_delegates(act.show, act.reading)
            bp.add_url_rule(address, act.name, view)
        if act.submit:
            view = access.for_delegates(act.submit, act.acting)
            bp.add_url_rule(address, f"{act.name}_submit", view, methods=["POST"])
    paper_uploads.add_routes(bp)
    bp.add_url_rule("/r", "short_codes", short_codes.show)
    bp.add_url_rule("/phone/<token>", "phone", phone.show)
    bp.add_url_rule("/phone/<token>", "phone_submit", phone.go_on, methods=["POST"])
    bp.add_url_rule("/r/<token>/papers/app.webmanifest", "phone_app_manifest", phone_app.manifest)
    bp.add_url_rule("/r/<token>/papers/app", "phone_app", phone_app.show)
    bp.add_url_rule("/r/<token>/papers/share", "phone_app_share", phone_app.share, methods=["POST"])
    bp.add_url_rule("/help/counsel", "help_page", help_page.show)
    bp.add_url_rule("/r", "short_codes_submit", short_codes.submit, methods=["POST"])
    bp.add_app_template_global(offered_acts)
    bp.add_app_template_global(share_keys.manifest_address)
    bp.add_app_template_global(access.in_wechat)
    bp.add_app_template_global(help_page.promises)
    bp.app_url_defaults(access.keep_hearing)
    return bp

"""Pure: the kinds of message, and one table of all that differs between them.

A new kind is a member and a row here, and a folder of templates in ``app/letters/<kind>/``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.channels import Channel
from app.core.errors import N_


class NoticeKind(StrEnum):
    """A kind of message."""

    PROPOSAL = "proposal"
    NUDGE = "nudge"
    ANSWERED = "answered"
    FIXED = "fixed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    REMINDER = "reminder"
    OFF_CHANNEL = "off_channel"
    CONFIRM = "confirm"
    WHICH = "which"
    NOT_UNDERSTOOD = "not_understood"
    RELEASED = "released"
    LEFT = "left"
    STAYS = "stays"
    MOVE_ASKED = "move_asked"
    MOVE_OBJECTED = "move_objected"
    MOVE_AGREED = "move_agreed"
    MOVE_ANSWERED = "move_answered"
    NONE_SUITS = "none_suits"
    CLOCK_CHANGE = "clock_change"
    READY = "ready"
    LAPSED = "lapsed"
    NOT_REACHED = "not_reached"
    QUESTION = "question"
    QUESTION_ANSWERED = "question_answered"
    NEW_LINK = "new_link"
    ADDRESS_CODE = "address_code"
    ADDRESS_CHANGED = "address_changed"
    DELEGATED = "delegated"
    FILING = "filing"
    ASK_BY_LINK = "ask_by_link"
    PAPERS = "papers"
    PAPERS_SET_ASIDE = "papers_set_aside"
    PAPERS_RELEASED = "papers_released"
    DOCUMENT_SET_ASIDE = "document_set_aside"
    PAPERS_RECEIPT = "papers_receipt"
    SIGNED_RECEIPT = "signed_receipt"
    EXCHANGE = "exchange"
    EXCHANGE_REMINDER = "exchange_reminder"
    PAPERS_UNOPENED = "papers_unopened"
    OPINIONS = "opinions"
    OPINIONS_REMINDER = "opinions_reminder"
    MEMBER_ASKED = "member_asked"
    MEMBER_NUDGE = "member_nudge"
    MEMBER_FIXED = "member_fixed"
    MEMBER_MOVED = "member_moved"
    MEMBER_SHORTENED = "member_shortened"
    MEMBER_RELEASED = "member_released"
    MEMBER_REMINDER = "member_reminder"
    MEMBER_DECLINED = "member_declined"
    BENCH_CHANGED = "bench_changed"
    HEARING_OUTCOME = "hearing_outcome"

    @property
    def traits(self) -> "KindTraits":
        """The row of this kind."""
        return KINDS[self]


class Method(StrEnum):
    """The method of an invite (RFC 5546, 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class WordingRules:
    """What a court's own wording of a kind may say besides what all may, and what it must say."""

    places: tuple[str, ...]
    needed: Mapping[Channel, tuple[str, ...]]


@dataclass(frozen=True)
class KindTraits:
    """All that differs between kinds of message."""

    label: str
    # Later messages of these kinds, about another version of the hearing, make it untrue.
    superseded_by: frozenset[NoticeKind] = frozenset()
    # It waits for no message that it makes untrue (see sending.claiming).
    changes_date: bool = False
    # The page below counsel's that its mail leads to.
    page: str = ""
    # It says when the hearing takes place.
    announces_date: bool = False
    # It is withdrawn as soon as a date is set.
    ends_with_date: bool = False
    # It asks for an answer to a proposal, and is withdrawn with it.
    asks: bool = False
    # A text may list its slots by number, to be answered by digit.
    numbered: bool = False
    # The person was told the matter by another message already: missing it is no failure.
    optional: bool = False
    # It goes at an hour of the court's clock; all others go when they are queued.
    by_the_clock: bool = False
    # It follows what counsel did, at whatever hour: it waits until quiet hours are over.
    keeps_quiet_hours: bool = False
    # It follows what one person did or left undone, and sets no other side back.
    personal: bool = False
    # It goes over the person's best channel only, which is this one where they have it.
    once: bool = False
    # It goes to the address that it was queued for and to no other: to none that the person has
    # since, nor over another channel. It carries no key, for that address may be a stranger's.
    to_one_address: bool = False
    prefers: Channel | None = None
    # The invite in its mail: for a date; for slots, under the UID of a hearing without one.
    invite: Method | None = None
    tentative: Method | None = None
    # Delegates of the person get it too, if they get copies: nothing by which the person proves who
    # they are, and nothing that answers what they did themselves in private.
    copied: bool = False
    # None: a court cannot word it itself.
    wording: WordingRules | None = field(default=None, repr=False)


def _wording(*places: str, mail: tuple[str, ...], text: tuple[str, ...]) -> WordingRules:
    return WordingRules(places, {Channel.EMAIL: mail, Channel.SMS: text})


_K = NoticeKind
# A new proposal leaves a date that holds as it is; an answer ends the question to its person.
_DATES = frozenset({_K.FIXED, _K.MOVED, _K.CANCELLED})
_NEWS = _DATES | {_K.PROPOSAL, _K.WITHDRAWN}
_CONCLUSIONS = frozenset({_K.READY, _K.NONE_SUITS})
# To members of a bench who are outside the court.
_MEMBER_DATES = frozenset({_K.MEMBER_FIXED, _K.MEMBER_MOVED, _K.MEMBER_RELEASED})

KINDS: dict[NoticeKind, KindTraits] = {
    _K.PROPOSAL: KindTraits(
        N_("Slots proposed"),
        copied=True,
        superseded_by=_NEWS | {_K.ANSWERED},
        ends_with_date=True,
        asks=True,
        numbered=True,
        tentative=Method.REQUEST,
        wording=_wording(
            *("answer_by", "slots", "reason"),
            mail=("case", "answer_by", "slots", "link"),
            text=("case", "answer_by", "link"),
        ),
    ),
    _K.NUDGE: KindTraits(
        N_("Asked again"),
        copied=True,
        superseded_by=_NEWS | {_K.ANSWERED},
        ends_with_date=True,
        asks=True,
        numbered=True,
        optional=True,
        by_the_clock=True,
        personal=True,
        once=True,
        wording=_wording(
            *("answer_by", "slots"),
            mail=("case", "answer_by", "link"),
            text=("case", "answer_by", "link"),
        ),
    ),
    _K.ANSWERED: KindTraits(
        N_("Answer confirmed"),
        copied=True,
        optional=True,
        personal=True,
        once=True,
        wording=_wording(*("answer_by", "answers"), mail=("case", "answers"), text=("case",)),
    ),
    _K.FIXED: KindTraits(
        N_("Date fixed"),
        copied=True,
        superseded_by=_DATES,
        changes_date=True,
        announces_date=True,
        ends_with_date=True,
        invite=Method.REQUEST,
        wording=_wording(
            *("date", "place", "reason", "bring"),
            mail=("case", "date", "place", "link"),
            text=("case", "date", "link"),
        ),
    ),
    _K.MOVED: KindTraits(
        N_("Date moved"),
        copied=True,
        superseded_by=_DATES,
        changes_date=True,
        announces_date=True,
        ends_with_date=True,
        invite=Method.REQUEST,
        wording=_wording(
            *("date", "place", "was", "reason", "bring"),
            mail=("case", "date", "place", "link"),
            text=("case", "date", "link"),
        ),
    ),
    _K.CANCELLED: KindTraits(
        N_("Hearing cancelled"),
        copied=True,
        changes_date=True,
        invite=Method.CANCEL,
        wording=_wording(
            *("date", "place", "reason"), mail=("case", "date"), text=("case", "date")
        ),
    ),
    _K.WITHDRAWN: KindTraits(
        N_("Proposal withdrawn"),
        copied=True,
        tentative=Method.CANCEL,
        wording=_wording("reason", mail=("case",), text=("case",)),
    ),
    _K.REMINDER: KindTraits(
        N_("Reminder"),
        copied=True,
        superseded_by=_DATES,
        ends_with_date=True,
        optional=True,
        by_the_clock=True,
        wording=_wording(
            *("date", "place", "days", "bring"),
            mail=("case", "date", "place", "link"),
            text=("case", "date", "link"),
        ),
    ),
    _K.OFF_CHANNEL: KindTraits(N_("Told of a contact with another side"), copied=True),
    _K.CONFIRM: KindTraits(
        N_("Asked to confirm by link"),
        superseded_by=_NEWS | {_K.ANSWERED},
        personal=True,
        once=True,
        prefers=Channel.EMAIL,
        wording=_wording(*("date", "place", "said"), mail=("case", "link"), text=("case", "link")),
    ),
    _K.WHICH: KindTraits(N_("Asked which case they mean"), personal=True),
    _K.NOT_UNDERSTOOD: KindTraits(N_("Told that their text was passed on"), personal=True),
    _K.RELEASED: KindTraits(
        N_("Slots released"),
        superseded_by=_NEWS,
        once=True,
        prefers=Channel.EMAIL,
        tentative=Method.CANCEL,
        wording=_wording(mail=("case",), text=("case",)),
    ),
    _K.LEFT: KindTraits(
        N_("Told that they no longer act"),
        personal=True,
        once=True,
        prefers=Channel.EMAIL,
        invite=Method.CANCEL,
        tentative=Method.CANCEL,
        wording=_wording("date", mail=("case",), text=("case",)),
    ),
    _K.STAYS: KindTraits(N_("Date stays"), superseded_by=_DATES, copied=True),
    # They follow what one side did, and tell all others of it.
    _K.MOVE_ASKED: KindTraits(
        N_("Another date asked for"),
        superseded_by=_DATES | {_K.STAYS},
        page="/move",
        numbered=True,
        keeps_quiet_hours=True,
        copied=True,
    ),
    _K.MOVE_OBJECTED: KindTraits(
        N_("Objection to another date"),
        superseded_by=_DATES | {_K.STAYS},
        page="/move",
        keeps_quiet_hours=True,
        copied=True,
        once=True,
    ),
    _K.MOVE_AGREED: KindTraits(
        N_("Consent to another date"),
        superseded_by=_DATES | {_K.STAYS},
        page="/move",
        keeps_quiet_hours=True,
        copied=True,
        once=True,
        prefers=Channel.EMAIL,
    ),
    # To the person themselves.
    _K.MOVE_ANSWERED: KindTraits(
        N_("Answer on another date confirmed"),
        page="/move",
        copied=True,
        optional=True,
        personal=True,
        once=True,
    ),
    _K.NONE_SUITS: KindTraits(
        N_("No slot suits all"), superseded_by=_NEWS | _CONCLUSIONS, ends_with_date=True
    ),
    _K.CLOCK_CHANGE: KindTraits(
        N_("Calendar corrected, date stays"),
        superseded_by=_DATES | _MEMBER_DATES,
        ends_with_date=True,
        once=True,
        prefers=Channel.EMAIL,
        invite=Method.REQUEST,
        tentative=Method.REQUEST,
    ),
    _K.READY: KindTraits(
        N_("Ready to be fixed"), superseded_by=_NEWS | _CONCLUSIONS, ends_with_date=True
    ),
    _K.LAPSED: KindTraits(N_("No agreement in time")),
    _K.NOT_REACHED: KindTraits(N_("Somebody not reached")),
    _K.QUESTION: KindTraits(N_("Question to the court"), page="/questions", copied=True),
    _K.QUESTION_ANSWERED: KindTraits(N_("Answer of the court"), page="/questions", copied=True),
    _K.NEW_LINK: KindTraits(N_("New link"), personal=True),
    _K.ADDRESS_CODE: KindTraits(
        N_("Code for a new address"), optional=True, personal=True, to_one_address=True
    ),
    _K.ADDRESS_CHANGED: KindTraits(
        N_("Told at the old address of a change"),
        optional=True,
        personal=True,
        to_one_address=True,
    ),
    _K.DELEGATED: KindTraits(N_("Told that they may act for counsel"), personal=True),
    _K.FILING: KindTraits(
        N_("Told what came in at the court"), page="/questions", once=True, prefers=Channel.EMAIL
    ),
    _K.ASK_BY_LINK: KindTraits(
        N_("Asked to ask by link"),
        page="/questions",
        personal=True,
        once=True,
        prefers=Channel.EMAIL,
    ),
    _K.PAPERS: KindTraits(N_("Papers filed"), page="/papers"),
    _K.PAPERS_SET_ASIDE: KindTraits(N_("A paper set aside"), page="/papers", personal=True),
    _K.PAPERS_RELEASED: KindTraits(
        N_("A paper that was set aside, released"), page="/papers", copied=True
    ),
    _K.DOCUMENT_SET_ASIDE: KindTraits(N_("A document set aside"), page="/move", personal=True),
    _K.PAPERS_RECEIPT: KindTraits(
        N_("Receipt for papers"),
        page="/papers",
        optional=True,
        personal=True,
        once=True,
        prefers=Channel.EMAIL,
    ),
    _K.SIGNED_RECEIPT: KindTraits(
        N_("Signed receipt"),
        page="/receipts",
        optional=True,
        personal=True,
        once=True,
        prefers=Channel.EMAIL,
    ),
    _K.EXCHANGE: KindTraits(N_("Exchange of evidence"), page="/papers"),
    _K.EXCHANGE_REMINDER: KindTraits(
        N_("Reminder of the exchange of evidence"),
        page="/papers",
        optional=True,
        by_the_clock=True,
        personal=True,
    ),
    _K.PAPERS_UNOPENED: KindTraits(
        N_("Reminded of papers not opened"),
        page="/papers",
        optional=True,
        personal=True,
        once=True,
    ),
    # One for each press, however many papers it is about.
    _K.OPINIONS: KindTraits(
        N_("Opinions on papers"), page="/papers/opinions", once=True, copied=True
    ),
    _K.OPINIONS_REMINDER: KindTraits(
        N_("Reminder of opinions on evidence"),
        page="/papers/opinions",
        optional=True,
        by_the_clock=True,
        personal=True,
    ),
    # To members of a bench who are outside the court: no side of the case is set back by them.
    _K.MEMBER_ASKED: KindTraits(
        N_("Asked whether they can come"),
        superseded_by=_MEMBER_DATES | {_K.MEMBER_ASKED},
        ends_with_date=True,
        asks=True,
        personal=True,
    ),
    _K.MEMBER_NUDGE: KindTraits(
        N_("Asked again whether they can come"),
        superseded_by=_MEMBER_DATES | {_K.MEMBER_ASKED},
        ends_with_date=True,
        asks=True,
        optional=True,
        by_the_clock=True,
        personal=True,
        once=True,
    ),
    _K.MEMBER_FIXED: KindTraits(
        N_("Date to come on"),
        superseded_by=_MEMBER_DATES,
        changes_date=True,
        ends_with_date=True,
        personal=True,
        invite=Method.REQUEST,
    ),
    _K.MEMBER_MOVED: KindTraits(
        N_("New date to come on"),
        superseded_by=_MEMBER_DATES,
        changes_date=True,
        ends_with_date=True,
        personal=True,
        invite=Method.REQUEST,
    ),
    # The days of a hearing that are left, as its outcome was entered before the last one.
    _K.MEMBER_SHORTENED: KindTraits(
        N_("Told that further sittings are cancelled"),
        superseded_by=_MEMBER_DATES | {_K.MEMBER_SHORTENED},
        personal=True,
        invite=Method.REQUEST,
    ),
    _K.MEMBER_RELEASED: KindTraits(
        N_("Told that they need not come"),
        changes_date=True,
        personal=True,
        invite=Method.CANCEL,
    ),
    _K.MEMBER_REMINDER: KindTraits(
        N_("Reminder to come"),
        superseded_by=_MEMBER_DATES,
        ends_with_date=True,
        optional=True,
        by_the_clock=True,
        personal=True,
    ),
    # To the assistant.
    _K.MEMBER_DECLINED: KindTraits(N_("Somebody needed cannot come"), superseded_by=_DATES),
    # It repeats the date, which later news of it make untrue.
    _K.BENCH_CHANGED: KindTraits(
        N_("Bench changed"),
        superseded_by=_DATES,
        invite=Method.REQUEST,
        tentative=Method.REQUEST,
        copied=True,
    ),
    # Where the case goes on, where somebody was absent, and where days ahead were given up: only
    # then it carries a calendar entry.
    _K.HEARING_OUTCOME: KindTraits(
        N_("Outcome of the hearing"),
        superseded_by=frozenset({_K.HEARING_OUTCOME}),
        once=True,
        prefers=Channel.EMAIL,
        invite=Method.REQUEST,
        copied=True,
    ),
}

# Entries of the record that are about no message name what they are about in the same column.
ENTRY_LABELS = {
    "by_hand": N_("Logged by hand"),
    "handed_on": N_("Official message, copied"),
    "visit": N_("Visit"),
    "knows": N_("Confirmed having seen the date"),
    "call": N_("Call to make"),
    "paper": N_("Notice on paper"),
    "reminder_of_papers": N_("Reminder to open papers"),
    "move": N_("Request to move the date"),
    "callback": N_("Callback request"),
    "by_text": N_("Text, as a further channel"),
    "by_mail": N_("E-mail, as a further channel"),
    "cannot_come": N_("Said that they cannot come"),
    "text": N_("Text from them"),
    "mail": N_("E-mail from them"),
    "automatic": N_("Automatic reply"),
    "calendar": N_("Reply from their calendar"),
    "away": N_("Gave days away"),
    "key": N_("Link to counsel's page"),
    "court_note": N_("Note to the court alone"),
    "delegate": N_("Delegate"),
    "question_word": N_("Word on a question"),
    "question_rating": N_("Whether that answers the question"),
    "filing_noted": N_("Papers that came in"),
    "filing_removed": N_("Papers noted in error"),
    "opinions_due": N_("Date by which opinions are due"),
    "evidence_due": N_("Day by which evidence is due"),
    "outcome": N_("Outcome of the hearing"),
    "absence": N_("Absence from the hearing"),
    "member_absence": N_("Absence of somebody needed"),
    "bench": N_("Bench of the hearing"),
    "needed_people": N_("People needed at the hearing"),
    "counter": N_("Their calendar asks for another time"),
    "address": N_("Address for service"),
    "electronic_service": N_("Electronic service"),
    "exchange_started": N_("Exchange of evidence opened"),
    "exchange_changed": N_("Close of the exchange of evidence changed"),
    "exchange_cancelled": N_("Exchange of evidence cancelled"),
    "exchange_closed": N_("Exchange of evidence closed"),
    "exchange_complete": N_("All evidence of this side is filed"),
    "exchange_incomplete": N_("More evidence of this side is to come"),
    "exchange_admitted": N_("Late papers admitted"),
    "exchange_refused": N_("Late papers not admitted"),
}

_LABELS: dict[str, str] = {kind: row.label for kind, row in KINDS.items()} | ENTRY_LABELS


def label(kind: str) -> str:
    """Return the English label of a notice's or an entry's kind, to be translated."""
    return _LABELS.get(kind, kind)


ASKING = tuple(kind for kind, row in KINDS.items() if row.asks)
NUMBERED = tuple(kind for kind, row in KINDS.items() if row.numbered)
CHANGING_DATE = tuple(kind for kind, row in KINDS.items() if row.changes_date)
ANNOUNCING_DATE = tuple(kind for kind, row in KINDS.items() if row.announces_date)
ENDING_WITH_DATE = tuple(kind for kind, row in KINDS.items() if row.ends_with_date)
CONCLUSIONS = tuple(sorted(_CONCLUSIONS))
BY_THE_CLOCK = tuple(kind for kind, row in KINDS.items() if row.by_the_clock)
COPIED = tuple(kind for kind, row in KINDS.items() if row.copied)
PERSONAL = frozenset(kind for kind, row in KINDS.items() if row.personal)
TO_ONE_ADDRESS = tuple(kind for kind, row in KINDS.items() if row.to_one_address)
SUPERSEDED_BY_DATE = tuple(
    kind
    for kind, row in KINDS.items()
    if row.superseded_by >= _DATES or row.superseded_by >= _MEMBER_DATES
)
# Which put a date, and which put slots, into calendars.
INVITING = tuple(kind for kind, row in KINDS.items() if row.invite is Method.REQUEST)
INVITING_TENTATIVELY = tuple(k for k, row in KINDS.items() if row.tentative is Method.REQUEST)

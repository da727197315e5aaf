"""Pure: the events of the record, the state that they fold to, and what they prove.

Everything that differs from event to event is in its row of ``Event``. A new event is a new row,
and its label a line in the catalogues.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import lru_cache
from itertools import chain
from typing import Any

from app.core.attempt_reference import AttemptReference
from app.core.errors import N_
from app.events.rules import EventType
from app.record.timeline import Touchpoint

# In place of contents that the reader's session leaves out (see questions.held_back).
HELD_BACK = N_("Not shown to you: a question that is not sorted yet, or is on the merits.")


class NoticeState(StrEnum):
    """State of a notice: the fold of its entries."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    MISSED = "missed"


# It waits, or a worker is sending it.
PENDING = frozenset({NoticeState.QUEUED, NoticeState.SENDING})
# A carrier has it.
WENT_OUT = frozenset({NoticeState.SENT, NoticeState.DELIVERED})
# It went out, or is going to.
CARRIED = PENDING | WENT_OUT
# A carrier was called, and the message did not arrive as far as anybody knows.
LOST = frozenset({NoticeState.FAILED, NoticeState.UNKNOWN})
# The person cannot have it, or may not: it can be sent again by hand.
NOT_DELIVERED = LOST | {NoticeState.MISSED}
# A carrier reports nothing more about it.
FINAL = frozenset({NoticeState.DELIVERED, NoticeState.FAILED})


class EvidenceGrade(IntEnum):
    """How well it is shown that a person was reached, with label, icon and look on pages."""

    label: str
    icon: str
    look: str

    def __new__(
        cls, value: int, label: str = "", icon: str = "", look: str = ""
    ) -> "EvidenceGrade":
        """Create a grade with its presentation; looking one up by its value needs none."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.label, member.icon, member.look = label, icon, look
        return member

    ATTEMPTED = 0, N_("E0 Attempted"), "circle", "off"
    ACCEPTED = 1, N_("E1 Sent"), "send", "due"
    DELIVERED = 2, N_("E2 Delivered"), "phone", "busy"
    OPENED = 3, N_("E3 Opened"), "envelope-open", "ok"
    CONFIRMED = 4, N_("E4 Confirmed"), "check-circle-fill", "ok"


class ContactOutcome(StrEnum):
    """Outcome of a contact by hand, and whether it told the person what it was about."""

    label: str
    informs: bool

    def __new__(cls, value: str, label: str = "", informs: bool = False) -> "ContactOutcome":
        """Create an outcome with its label; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.informs = label, informs
        return member

    SPOKE = "spoke", N_("spoke with the person"), True
    NO_ANSWER = "no_answer", N_("no answer"), False
    BUSY = "busy", N_("busy"), False
    LEFT_WORD = "left_word", N_("left a message"), True
    WRONG_NUMBER = "wrong_number", N_("wrong number"), False
    TOLD = "told", N_("told in writing"), True
    # The official message, copied: always with its words, so never by the form of a contact.
    HANDED_ON = "handed_on", N_("message handed on"), True


# The outcomes of a contact that somebody logs.
LOGGED = tuple(outcome for outcome in ContactOutcome if outcome is not ContactOutcome.HANDED_ON)
# They tell the person what a message would have.
INFORMING = frozenset(outcome for outcome in ContactOutcome if outcome.informs)


def _person_answered(detail: Mapping[str, Any]) -> bool:
    """Tell whether a call proves receipt.

    The person themselves answered, and number and caller are written down, as service by
    telephone must be (SPC Fa Fa [2017] 19, point 11).
    """
    spoke = detail.get("outcome") == ContactOutcome.SPOKE
    return bool(spoke and detail.get("numbered") and detail.get("user"))


@dataclass(frozen=True, kw_only=True)
class EventTraits:
    """Everything that differs between events.

    What is alike for all of them is not here: every entry is sealed and exported in the same way
    (see ledger.exported), and the daily counters count only what leaves no entry.
    """

    # On pages: words, icon (Bootstrap Icons) and CSS class (ok, due, busy, bad, off).
    label: str
    icon: str
    look: str
    # Direction of an entry that does not give one: "out" by the court, "in" by the person.
    direction: str = "out"
    # The notice's state after it, and the states in which it changes anything.
    leads_to: NoticeState | None = None
    moves_from: frozenset[NoticeState] = frozenset()
    # Whether the attempt that it belongs to is over without having reached a carrier or person.
    ends_attempt: bool = False
    # The grade it proves; with ``proven_if`` only for entries whose detail satisfies that.
    proves: EvidenceGrade = EvidenceGrade.ATTEMPTED
    proven_if: Callable[[Mapping[str, Any]], bool] | None = None
    # Its mark on the timeline where it belongs to no notice; None: it is not drawn.
    touchpoint: Touchpoint | None = None
    # Logged by a person of the court: direction and outcome of the contact decide on the mark.
    by_hand: bool = False
    # Whether it is a row among the attempts to reach a person where it belongs to no notice.
    listed_alone: bool = False
    # Of several events of one visit the greatest is the visit's state; 0: the last one is.
    precedence: int = 0
    # Whether it is a step in the record that counsel can read.
    shown_to_counsel: bool = True
    # The type of event that other systems are told of, by the kind of the entry; "*": any kind.
    published: Mapping[str, EventType] = field(default_factory=dict)

    @property
    def handed_over(self) -> bool:
        """Whether it says that a carrier has the message."""
        return self.leads_to in WENT_OUT

    def published_as(self, kind: str) -> EventType | None:
        """Return the type of event for an entry of a kind; None: other systems are not told."""
        return self.published.get(kind) or self.published.get("*")


_S = NoticeState


class Event(StrEnum):
    """What an entry of the record says happened; one row holds all that is particular to it."""

    traits: EventTraits

    def __new__(cls, value: str, traits: EventTraits | None = None) -> "Event":
        """Create an event with its traits; looking one up by its value needs none."""
        if traits is None:
            raise TypeError(f"the event {value} has no traits")
        member = str.__new__(cls, value)
        member._value_ = value
        member.traits = traits
        return member

    # --- of a notice: each leads to one state ---------------------------------------------------
    QUEUED = (
        "queued",
        EventTraits(
            label=N_("Queued"),
            icon="clock",
            look="off",
            leads_to=_S.QUEUED,
            # A carrier whose code says that the failure is temporary: a new attempt.
            moves_from=frozenset({_S.FAILED}),
        ),
    )
    # The intent to send, committed before the carrier is called.
    STARTED = (
        "started",
        EventTraits(
            label=N_("Sending"),
            icon="send",
            look="busy",
            leads_to=_S.SENDING,
            moves_from=frozenset({_S.QUEUED}),
        ),
    )
    ACCEPTED = (
        "accepted",
        EventTraits(
            label=N_("Sent"),
            icon="send",
            look="due",
            leads_to=_S.SENT,
            # From UNKNOWN: the carrier was asked later, and has it.
            moves_from=frozenset({_S.SENDING, _S.UNKNOWN}),
            proves=EvidenceGrade.ACCEPTED,
            touchpoint=Touchpoint.TO,
        ),
    )
    # Not now: it is tried again.
    REFUSED = (
        "refused",
        EventTraits(
            label=N_("Put off, tried again"),
            icon="arrow-repeat",
            look="due",
            leads_to=_S.QUEUED,
            # From UNKNOWN: the carrier was asked later, and certainly never had it.
            moves_from=frozenset({_S.SENDING, _S.UNKNOWN}),
            ends_attempt=True,
        ),
    )
    DELIVERED = (
        "delivered",
        EventTraits(
            label=N_("Delivered"),
            icon="phone",
            look="busy",
            leads_to=_S.DELIVERED,
            # From SENDING: a receipt may arrive before the outcome of the call is written. From
            # FAILED and QUEUED: late good news beats early bad news, and spares a second attempt.
            moves_from=frozenset({_S.SENDING, _S.UNKNOWN, _S.SENT, _S.FAILED, _S.QUEUED}),
            proves=EvidenceGrade.DELIVERED,
        ),
    )
    # Never over this channel. Without a notice: no address is known.
    FAILED = (
        "failed",
        EventTraits(
            label=N_("Not delivered"),
            icon="x-octagon-fill",
            look="bad",
            leads_to=_S.FAILED,
            moves_from=frozenset({_S.QUEUED, _S.SENDING, _S.UNKNOWN, _S.SENT}),
            ends_attempt=True,
            touchpoint=Touchpoint.VAIN,
            listed_alone=True,
        ),
    )
    # The worker died while sending, or the carrier gave no clear answer and cannot be asked.
    UNKNOWN = (
        "unknown",
        EventTraits(
            label=N_("Outcome unknown"),
            icon="question-circle",
            look="due",
            leads_to=_S.UNKNOWN,
            moves_from=frozenset({_S.SENDING}),
        ),
    )
    WITHDRAWN = (
        "withdrawn",
        EventTraits(
            label=N_("Withdrawn"),
            icon="arrow-return-left",
            look="off",
            leads_to=_S.WITHDRAWN,
            moves_from=frozenset({_S.QUEUED}),
        ),
    )
    MISSED = (
        "missed",
        EventTraits(
            label=N_("Missed"),
            icon="hourglass-bottom",
            look="due",
            leads_to=_S.MISSED,
            moves_from=frozenset({_S.QUEUED}),
            listed_alone=True,
        ),
    )
    # A carrier's report, or a look-up, that changes nothing.
    STATUS = (
        "status",
        EventTraits(
            label=N_("Carrier's report"), icon="info-circle", look="off", shown_to_counsel=False
        ),
    )

    # --- by the person, over their link, a mail, a text or a calendar ---------------------------
    # By a person: a real key, touch or scroll on the page.
    OPENED = (
        "opened",
        EventTraits(
            label=N_("Opened"),
            icon="envelope-open",
            look="ok",
            direction="in",
            proves=EvidenceGrade.OPENED,
            touchpoint=Touchpoint.FROM,
            listed_alone=True,
            precedence=2,
            published={"papers": EventType.PAPER_OPENED},
        ),
    )
    # Counsel goes on with a draft on another device, which scanned a code that theirs showed.
    CONTINUED = (
        "continued",
        EventTraits(
            label=N_("Continued on another device"), icon="phone", look="off", direction="in"
        ),
    )
    # By a machine, or by nobody knows whom: it proves nothing.
    FETCHED = (
        "fetched",
        EventTraits(label=N_("Fetched"), icon="robot", look="off", direction="in", precedence=1),
    )
    ANSWERED = (
        "answered",
        EventTraits(
            label=N_("Answered"),
            icon="chat-square-text",
            look="ok",
            direction="in",
            proves=EvidenceGrade.CONFIRMED,
            touchpoint=Touchpoint.FROM,
            listed_alone=True,
            precedence=4,
            published={"*": EventType.ANSWER_GIVEN},
        ),
    )
    # The person says on their page that they know the date.
    CONFIRMED = (
        "confirmed",
        EventTraits(
            label=N_("Confirmed"),
            icon="check-circle-fill",
            look="ok",
            direction="in",
            proves=EvidenceGrade.CONFIRMED,
            touchpoint=Touchpoint.FROM,
            listed_alone=True,
            precedence=3,
        ),
    )
    # Somebody whom the hearing needs says that they cannot come on its date, and so knows it.
    CANNOT_COME = (
        "cannot_come",
        EventTraits(
            label=N_("Cannot come"),
            icon="x-lg",
            look="due",
            direction="in",
            proves=EvidenceGrade.CONFIRMED,
            touchpoint=Touchpoint.FROM,
            listed_alone=True,
        ),
    )
    # The person asks to be called, or for another date.
    ASKED = (
        "asked",
        EventTraits(
            label=N_("Asks the court"),
            icon="telephone-inbound",
            look="busy",
            direction="in",
            touchpoint=Touchpoint.FROM,
            listed_alone=True,
            published={"move": EventType.MOVE_ASKED, "question": EventType.QUESTION_ASKED},
        ),
    )
    # The person says to another's request for another date that they agree, or object.
    AGREED = (
        "agreed",
        EventTraits(
            label=N_("agrees to another date"),
            icon="check-lg",
            look="ok",
            direction="in",
            touchpoint=Touchpoint.FROM,
            listed_alone=True,
            published={"move": EventType.MOVE_AGREED},
        ),
    )
    OBJECTED = (
        "objected",
        EventTraits(
            label=N_("objects to another date"),
            icon="x-lg",
            look="due",
            direction="in",
            touchpoint=Touchpoint.FROM,
            listed_alone=True,
        ),
    )

    # The person says of the addresses that the court has that they are right, agrees to electronic
    # service or withdraws that, or changes an address. None of it shows that they know a date.
    ADDRESS_CONFIRMED = (
        "address_confirmed",
        EventTraits(
            label=N_("Confirmed"),
            icon="check-lg",
            look="ok",
            direction="in",
            touchpoint=Touchpoint.FROM,
        ),
    )
    CONSENTED = (
        "consented",
        EventTraits(
            label=N_("Agreed"),
            icon="check-lg",
            look="ok",
            direction="in",
            touchpoint=Touchpoint.FROM,
        ),
    )
    CONSENT_WITHDRAWN = (
        "consent_withdrawn",
        EventTraits(
            label=N_("Withdrawn"),
            icon="slash-circle",
            look="due",
            direction="in",
            touchpoint=Touchpoint.FROM,
        ),
    )
    ADDRESS_CHANGED = (
        "address_changed",
        EventTraits(
            label=N_("Changed"),
            icon="pencil",
            look="busy",
            direction="in",
            touchpoint=Touchpoint.FROM,
            published={"*": EventType.ADDRESS_CHANGED},
        ),
    )
    # To one that belongs to another side: nothing was changed.
    ADDRESS_REFUSED = (
        "address_refused",
        EventTraits(
            label=N_("Change refused"),
            icon="x-octagon-fill",
            look="bad",
            direction="in",
            touchpoint=Touchpoint.FROM,
        ),
    )
    # Papers are filed: by counsel, or, with direction "out", by the court.
    FILED = (
        "filed",
        EventTraits(
            label=N_("Papers filed"),
            icon="file-earmark-check",
            look="ok",
            direction="in",
            touchpoint=Touchpoint.FROM,
            listed_alone=True,
            published={"*": EventType.PAPER_FILED},
        ),
    )
    # The scanner found something in a file of a paper: nobody can have it any more.
    SET_ASIDE = (
        "set_aside",
        EventTraits(
            label=N_("Set aside"), icon="shield-exclamation", look="bad", listed_alone=True
        ),
    )

    # The court releases a file that was set aside, as a false alarm.
    RELEASED = (
        "released",
        EventTraits(label=N_("Released"), icon="unlock", look="due", listed_alone=True),
    )

    # What was sealed is opened to all sides.
    DISCLOSED = (
        "disclosed",
        EventTraits(label=N_("Opened to all sides"), icon="unlock", look="ok"),
    )
    # Counsel says where their side stands, such as that all its evidence is filed.
    DECLARED = (
        "declared",
        EventTraits(
            label=N_("Declared"),
            icon="check2-circle",
            look="ok",
            direction="in",
            touchpoint=Touchpoint.FROM,
            listed_alone=True,
        ),
    )

    # Counsel says whether a paper of another side is authentic, lawful and relevant, or takes it
    # back.
    OPINION = (
        "opinion",
        EventTraits(
            label=N_("Opinion on a paper"),
            icon="chat-left-text",
            look="busy",
            direction="in",
            touchpoint=Touchpoint.FROM,
            listed_alone=True,
        ),
    )

    # Counsel names somebody who may act for them, and ends it.
    DELEGATED = (
        "delegated",
        EventTraits(label=N_("lets somebody act"), icon="person-plus", look="busy", direction="in"),
    )
    # By a press of counsel or of the court, by its day, or because counsel acts no longer.
    DELEGATION_ENDED = (
        "delegation_ended",
        EventTraits(
            label=N_("somebody acts no longer"), icon="person-dash", look="off", direction="in"
        ),
    )
    # Who was to act for counsel is known for another side.
    DELEGATION_REFUSED = (
        "delegation_refused",
        EventTraits(
            label=N_("delegate refused"),
            icon="exclamation-triangle",
            look="due",
            direction="in",
            shown_to_counsel=False,
        ),
    )

    # The court answers what a person asked; each side is sent the answer by a notice of its own.
    REPLIED = (
        "replied",
        EventTraits(
            label=N_("the court answers"),
            icon="chat-square-text",
            look="ok",
            published={"question": EventType.QUESTION_ANSWERED},
        ),
    )

    # The keys of a person were revoked, by the court or as they asked; a notice sends the new one.
    RENEWED = (
        "renewed",
        EventTraits(label=N_("Replaced; earlier links ended"), icon="key", look="off"),
    )

    # Something was said to the court alone; the entry says neither what nor, for ever, by whom.
    NOTED = (
        "noted",
        EventTraits(
            label=N_("Note to the court"),
            icon="lock",
            look="off",
            direction="in",
            shown_to_counsel=False,
        ),
    )

    # Somebody of the court notes what came in there, or a day that the court has set.
    REGISTERED = (
        "registered",
        EventTraits(label=N_("noted by the court"), icon="journal-check", look="ok"),
    )

    # The outcome of a hearing, who did not come to it, and who did after all. A correction is a
    # further entry.
    OUTCOME = (
        "outcome",
        EventTraits(
            label=N_("outcome entered"),
            icon="check2-all",
            look="ok",
            published={"*": EventType.HEARING_OUTCOME},
        ),
    )
    ABSENT = (
        "absent",
        EventTraits(label=N_("did not come"), icon="person-x", look="due"),
    )
    NOT_ABSENT = (
        "not_absent",
        EventTraits(label=N_("not absent after all"), icon="person-check", look="ok"),
    )

    # Others sit in a hearing, or are needed there, than before.
    BENCH_CHANGED = (
        "bench_changed",
        EventTraits(label=N_("Changed"), icon="people", look="busy"),
    )

    # --- outside the channels -------------------------------------------------------------------
    CALLED = (
        "called",
        EventTraits(
            label=N_("Call"),
            icon="telephone",
            look="busy",
            proves=EvidenceGrade.CONFIRMED,
            proven_if=_person_answered,
            touchpoint=Touchpoint.TO,
            by_hand=True,
            listed_alone=True,
        ),
    )
    # In a corridor, a chat, a letter; with direction "in" also a mail, text or calendar reply.
    TOLD = (
        "told",
        EventTraits(
            label=N_("Contact by hand"),
            icon="chat",
            look="busy",
            touchpoint=Touchpoint.TO,
            by_hand=True,
            listed_alone=True,
        ),
    )

    # --- of a case's handling -------------------------------------------------------------------
    # Something falls to a person of the court.
    TASK = (
        "task",
        EventTraits(label=N_("To do"), icon="person-exclamation", look="due"),
    )
    # A step that was not taken, and why.
    SKIPPED = "skipped", EventTraits(label=N_("Skipped"), icon="skip-forward", look="off")
    # Addresses and contents of all entries before it were blanked.
    ERASED = "erased", EventTraits(label=N_("Contents removed"), icon="eraser", look="off")
    # The rules of a time zone changed: the hearing keeps its wall-clock time.
    CLOCK = "clock", EventTraits(label=N_("Time zone changed"), icon="clock-history", look="busy")


@lru_cache(maxsize=256)  # asked for each entry that a page shows
def shown_as(word: str) -> Event:
    """Return the event as which pages show an event or a notice's state.

    A state is shown as the event that leads to it: "sent" as accepted. What is neither, which only
    a record that was tampered with holds, is shown as a carrier's word.
    """
    events = list(Event)
    same = (event for event in events if event == word)
    leading = (event for event in events if event.traits.leads_to == word)
    return next(chain(same, leading), Event.STATUS)


def after(state: NoticeState, event: Event) -> NoticeState:
    """Return the state of a notice after an event; events out of turn change nothing."""
    traits = event.traits
    if traits.leads_to is not None and state in traits.moves_from:
        return traits.leads_to
    return state


def fold(events: Iterable[Event]) -> NoticeState:
    """Return the state of a notice, or of one attempt, from its events, oldest first."""
    state = NoticeState.QUEUED
    for event in events:
        state = after(state, event)
    return state


def attempt_state(events: Sequence[Event], of_notice: bool) -> NoticeState | Event:
    """Return the state of one attempt, from its events, oldest first.

    An attempt of a notice that was refused or failed stays so, whether or not another follows,
    unless the carrier says later that it went well. Of what was not sent by us, such as a visit,
    the event of the highest precedence counts, else the last.
    """
    if not of_notice:
        if events[0] is Event.FAILED:
            return NoticeState.FAILED
        strongest = max(events, key=lambda event: event.traits.precedence)
        return strongest if strongest.traits.precedence else events[-1]
    ended = [n for n, event in enumerate(events) if event.traits.ends_attempt]
    state = fold(events)
    if not ended or state is not NoticeState.QUEUED:
        return state
    if Event.ACCEPTED in events[ended[-1] :]:  # it had gone out, and nobody knew
        return NoticeState.SENT
    return events[ended[-1]]


def concerns_current(event: Event, attempt: str, current: str) -> bool:
    """Tell whether a receipt about ``attempt`` may move a notice whose attempt is ``current``.

    Of an earlier attempt only a delivery does: it spares the person the second message.
    """
    if event is Event.DELIVERED or attempt == current:
        return True
    return _try_number(attempt) >= _try_number(current)


def current_events(steps: Iterable[tuple[Event, str]]) -> Iterator[Event]:
    """Yield the events that may move a notice, from all of its events with their attempts."""
    current = ""
    for event, attempt in steps:
        if event is Event.STARTED:
            current = attempt
        if concerns_current(event, attempt, current):
            yield event


def _try_number(attempt: str) -> int:
    """Return 2 for the second attempt of a notice; -1 for what is no attempt of a notice."""
    try:
        return AttemptReference.parse(attempt).tries
    except ValueError:
        return -1


def proves(event: Event, detail: Mapping[str, Any] | None = None) -> EvidenceGrade:
    """Return the grade that one entry proves; a machine's visit proves nothing."""
    condition = event.traits.proven_if
    if condition is not None and not condition(detail or {}):
        return EvidenceGrade.ATTEMPTED
    return event.traits.proves


def grade(entries: Iterable[tuple[Event, Mapping[str, Any] | None]]) -> EvidenceGrade:
    """Return the best grade that entries, each with its detail, prove."""
    return max(
        (proves(event, detail) for event, detail in entries), default=EvidenceGrade.ATTEMPTED
    )


def touchpoint(
    event: Event, direction: str, detail: Mapping[str, Any] | None = None
) -> Touchpoint | None:
    """Return the timeline's mark for an entry that belongs to no notice; None: it has none."""
    if not event.traits.by_hand:
        return event.traits.touchpoint
    if direction == "in":
        return Touchpoint.FROM
    outcome = (detail or {}).get("outcome", "")
    informed = not outcome or outcome in INFORMING
    return Touchpoint.TO if informed else Touchpoint.VAIN

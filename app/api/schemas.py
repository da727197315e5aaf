"""Schemas of the API's responses, as its OpenAPI document shows them."""

from marshmallow import Schema, fields

from app.cases.delegates import DelegateEnd
from app.cases.forms import CaseIn, CounselIn, PartyIn, described
from app.core.forms import ChoiceField, DateField, Form, ListField
from app.core.half_days import DayHalf
from app.court.bench import BenchRole
from app.court.forms import BenchField
from app.hearings.models import AnswerChoice, HearingState, MoveReason, MoveState, Stance
from app.listing.models import ListingState
from app.needs.rules import PersonRole
from app.notices.inbound import InboundKind
from app.outcomes.rules import Outcome, OutcomeCause
from app.papers.opinions.rules import DisputeState
from app.papers.rules import PaperKind
from app.people.rules import TokenScope
from app.questions.rules import PrivateReason, QuestionOutcome, QuestionState
from app.record.rules import EvidenceGrade
from app.storage.clamd import ScanState
from app.tasks.service import TaskKind, TaskState


def _moment(words: str = "") -> fields.String:
    about = {"format": "date-time"}
    described_as = {"description": words} if words else {}
    return fields.String(allow_none=True, metadata={**about, **described_as})


def _one_of(*words: str, **about: str) -> fields.String:
    return fields.String(metadata={"enum": list(words), **about})


class BenchMemberOut(Schema):
    """Somebody who sits in a hearing or is needed there."""

    name = fields.String()
    role = _one_of(*BenchRole)


def _as_answered(field: fields.Field, description: str) -> fields.Field:
    """Return the response field that shows the value of a form's field."""
    about = {"description": description} if description else {}
    if isinstance(field, ChoiceField):
        return fields.String(metadata={"enum": [each for each in field.choices if each], **about})
    if isinstance(field, DateField):
        return fields.String(allow_none=True, metadata={"format": "date", **about})
    if isinstance(field, fields.Boolean):
        return fields.Boolean(metadata=about)
    if isinstance(field, fields.Integer):
        return fields.Integer(allow_none=field.allow_none, metadata=about)
    if isinstance(field, BenchField):
        return fields.List(fields.Nested(BenchMemberOut), metadata=about)
    if isinstance(field, ListField):
        return fields.List(_as_answered(field.inner, ""), metadata=about)
    return fields.String(metadata=about)


def _answer(form: type[Form], name: str, doc: str, **kwargs: fields.Field) -> type[Schema]:
    """Build a response schema from the described fields of a form, and some more."""
    taken = form.schema()().fields
    shown = {
        each: _as_answered(taken[each], info.description) for each, info in described(form).items()
    }
    schema = Schema.from_dict({**shown, **kwargs}, name=name)
    schema.__doc__ = doc
    return schema


CounselOut = _answer(
    CounselIn,
    "CounselOut",
    "A counsel, and how they are reached.",
    id=fields.Integer(),
    in_person=fields.Boolean(metadata={"description": "A party who acts for themselves"}),
    link_version=fields.Integer(metadata={"description": "Rises with every new link"}),
    electronic_consent_words=fields.String(
        metadata={
            "description": "Version of the words to which they agreed by link; empty on paper"
        }
    ),
    electronic_consent_withdrawn_at=_moment("When they withdrew it by link"),
)
PartyOut = _answer(
    PartyIn,
    "PartyOut",
    "A party of a case.",
    id=fields.Integer(),
    counsel=fields.List(fields.Nested(CounselOut)),
)
CaseOut = _answer(
    CaseIn,
    "CaseOut",
    "A case with its parties and their counsel.",
    id=fields.Integer(),
    judge_id=fields.Integer(),
    created_at=_moment(),
    parties=fields.List(fields.Nested(PartyOut)),
)


class Listed(Schema):
    """A part of a list."""

    next = fields.Integer(allow_none=True, metadata={"description": "Ask for more with ?after="})


class CasesOut(Listed):
    """Cases, the newest first."""

    cases = fields.List(fields.Nested(CaseOut))


class CourtroomOut(Schema):
    """A courtroom."""

    id = fields.Integer()
    name = fields.String()
    location = fields.String()
    by_video = fields.Boolean()
    retired = fields.Boolean(metadata={"description": "Out of use for new hearings"})


class ClosedDayOut(Schema):
    """A day on which the court is closed although it is no public holiday."""

    id = fields.Integer()
    on = fields.String(metadata={"format": "date"})
    why = fields.String()


class ClosedDaysOut(Listed):
    """Days on which the court is closed."""

    closed_days = fields.List(fields.Nested(ClosedDayOut))


class CourtroomsOut(Listed):
    """Courtrooms of the court, the oldest entry first."""

    courtrooms = fields.List(fields.Nested(CourtroomOut))


class AnswerOut(Schema):
    """What one counsel said to one slot."""

    counsel = fields.String()
    counsel_id = fields.Integer()
    invitation = fields.Integer()
    says = _one_of(*AnswerChoice)


class SittingOut(Schema):
    """One sitting of a hearing or a slot; most have one."""

    starts_at = _moment()
    ends_at = _moment()
    minutes = fields.Integer()
    courtroom = fields.String(allow_none=True)


def _sittings() -> fields.List:
    return fields.List(
        fields.Nested(SittingOut),
        metadata={"description": "All sittings, the earliest first; ends_at is that of the last"},
    )


class MoveSlotOut(Schema):
    """A time that suited everybody known when a move was asked for."""

    id = fields.Integer()
    starts_at = _moment()
    ends_at = _moment()
    courtroom = fields.String()
    sittings = _sittings()


class MoveOpinionOut(Schema):
    """What one counsel asks, or says to the request. An empty ``stance`` is no consent."""

    counsel = fields.String()
    counsel_id = fields.Integer()
    side = fields.String()
    asks = fields.Boolean()
    reason = _one_of(*MoveReason, description="why they ask; empty for the others")
    words = fields.String()
    private = fields.Boolean(metadata={"description": "Words and document are for the court alone"})
    stance = _one_of(*Stance)
    says = fields.Dict(
        keys=fields.String(),
        values=_one_of(*AnswerChoice),
        metadata={"description": "answer by the slot's id"},
    )
    given_at = _moment()


class MoveRequestOut(Schema):
    """A request to move a hearing, with each side's consent."""

    number = fields.Integer()
    state = _one_of(*MoveState)
    created_at = _moment()
    answer_by = _moment()
    ended_at = _moment()
    refused_because = fields.String()
    agreed_slot = fields.Integer(
        allow_none=True, metadata={"description": "The slot on which all sides agree"}
    )
    slots = fields.List(fields.Nested(MoveSlotOut))
    opinions = fields.List(fields.Nested(MoveOpinionOut))


class MoveRequestsOut(Listed):
    """Requests to move a hearing, the newest first."""

    move_requests = fields.List(fields.Nested(MoveRequestOut))


class SlotOut(Schema):
    """A slot of the newest round, with what was said to it."""

    id = fields.Integer()
    starts_at = _moment()
    ends_at = _moment()
    courtroom = fields.String()
    sittings = _sittings()
    answers = fields.List(fields.Nested(AnswerOut))


class HalfDayOut(Schema):
    """A half-day on which counsel could come: before (am) or after (pm) the court's midday."""

    on = fields.String(metadata={"format": "date"})  # as it is kept with an Idempotency-Key
    half = _one_of(*DayHalf)


class InvitationOut(Schema):
    """A counsel's invitation of the newest proposal. Their link is their own, and not shown."""

    id = fields.Integer()
    counsel = fields.String()
    counsel_id = fields.Integer()
    representation_id = fields.Integer(allow_none=True)
    party = fields.String()
    side = fields.String()
    required = fields.Boolean()
    state = _one_of(
        "waiting",
        "answered",
        "closed",
        "revoked",
        description="closed: the round is over and no answer came",
    )
    answered_at = _moment()
    comment = fields.String()
    half_days = fields.List(
        fields.Nested(HalfDayOut),
        metadata={"description": "When counsel could come, given where no slot suits them"},
    )


class NeedOut(Schema):
    """What one person who comes to a hearing needs; read by the court alone."""

    id = fields.Integer()
    hearing_id = fields.Integer(
        allow_none=True, metadata={"description": "None: every hearing of the case"}
    )
    role = _one_of(*PersonRole)
    name = fields.String()
    interpreter = fields.String(metadata={"description": "The language, empty for none"})
    hearing_loop = fields.Boolean()
    step_free = fields.Boolean()
    other = fields.String()
    counsel = fields.String(metadata={"description": "Who sees it too; empty for the court alone"})
    changed_at = _moment()
    noted_at = _moment("When a user of the court took note of it")


class NeedsOut(Listed):
    """The needs in a case, the first one entered first."""

    needs = fields.List(fields.Nested(NeedOut))


class AbsenceOut(Schema):
    """A person who did not come, and how well it is shown that they knew when it began."""

    counsel_id = fields.Integer(allow_none=True, metadata={"description": "Null for a member"})
    member_id = fields.Integer(
        allow_none=True, metadata={"description": "As in `GET /members`; null for counsel"}
    )
    name = fields.String()
    role = _one_of("", *(role for role in BenchRole if role.is_outside))
    side = fields.String(metadata={"description": "Empty for a member"})
    party = fields.String()
    evidence = _one_of(*(f"E{grade.value}" for grade in EvidenceGrade))
    proof = fields.Integer(
        allow_none=True, metadata={"description": "Number of the entry of the record"}
    )
    sufficient = fields.Boolean(
        allow_none=True,
        metadata={
            "description": "For a default judgment; null where no rule of procedure says",
        },
    )


class HearingOutcomeOut(Schema):
    """The outcome of a hearing as it was entered last."""

    number = fields.Integer(metadata={"description": "`replaces` of a correction"})
    outcome = _one_of(*Outcome)
    cause = _one_of("", *OutcomeCause)
    reason = fields.String()
    entered_at = _moment()
    entered_by = fields.String(metadata={"description": "Empty where it was imported"})
    absent = fields.List(fields.Nested(AbsenceOut))


class HearingOut(Schema):
    """A hearing with its newest round. Times carry the court's offset."""

    id = fields.Integer()
    case_id = fields.Integer()
    number = fields.String(metadata={"description": "The case's number"})
    state = _one_of(*HearingState)
    revision = fields.Integer(
        metadata={"description": "Rises with every change of date, place or bench, as `SEQUENCE`"}
    )
    kind = fields.String()
    minutes = fields.Integer()
    starts_at = _moment("The date that holds; none while it is only proposed")
    ends_at = _moment()
    courtroom = fields.String(allow_none=True)
    sittings = _sittings()
    judge = fields.String()
    bench = fields.List(
        fields.Nested(BenchMemberOut),
        metadata={"description": "All who sit or are needed, who presides first"},
    )
    zone = fields.String(metadata={"description": "The court's IANA zone"})
    reason = fields.String(metadata={"description": "Of the order, the move or the cancelling"})
    round = fields.Integer(metadata={"description": "Number of the newest round; 0 without one"})
    answer_by = _moment()
    fix = fields.String(allow_none=True, metadata={"enum": ["auto", "assistant"]})
    offered = fields.Boolean(
        metadata={"description": "A carrier has accepted a message to each side"}
    )
    outcome = fields.Nested(
        HearingOutcomeOut, allow_none=True, metadata={"description": "None before it is entered"}
    )
    slots = fields.List(fields.Nested(SlotOut))
    invitations = fields.List(fields.Nested(InvitationOut))
    warnings = fields.List(
        fields.String(),
        metadata={
            "description": "Of one hearing alone: parties for whom nobody acts, counsel whom "
            "no message can reach, and slots before the end of the evidence period"
        },
    )
    needs = fields.List(
        fields.Nested(NeedOut),
        metadata={"description": "Of one hearing alone: what people who come to it need"},
    )


class HearingsOut(Listed):
    """Hearings, the newest first."""

    hearings = fields.List(fields.Nested(HearingOut))


class PersonOut(Schema):
    """With whom a contact was."""

    name = fields.String()
    side = fields.String()
    counsel_id = fields.Integer(allow_none=True)


class GradeOut(Schema):
    """How well it is shown that the person was reached."""

    level = _one_of("E0", "E1", "E2", "E3", "E4")
    name = fields.String()


class LineOut(Schema):
    """One line of the record, with all that its hash is made of."""

    seq = fields.Integer()
    at = fields.String(metadata={"format": "date-time", "description": "UTC, as it was sealed"})
    what = fields.String()
    direction = _one_of("out", "in")
    about = fields.String()
    attempt = fields.String()
    counsel_id = fields.Integer(allow_none=True)
    side = fields.String()
    channel = fields.String()
    kind = fields.String()
    detail = fields.Dict()
    content = fields.Dict(metadata={"description": "Names, addresses, words; and their salt"})
    content_hash = fields.String()
    prev = fields.String()
    hash = fields.String()


class AttemptOut(Schema):
    """One try to tell or hear from one person over one channel."""

    attempt = fields.String()
    kind = fields.String()
    channel = fields.String()
    direction = _one_of("out", "in")
    person = fields.Nested(PersonOut)
    delegate = fields.String(metadata={"description": "Who acted for them, if a delegate did"})
    address = fields.String()
    state = fields.String(metadata={"description": "The fold of the lines"})
    grade = fields.Nested(GradeOut)
    lines = fields.List(fields.Nested(LineOut))


class CaseNamed(Schema):
    """Which case."""

    id = fields.Integer()
    number = fields.String()


class ChainOut(Schema):
    """The chain of hashes over all lines of the case."""

    head = fields.String()
    lines = fields.Integer()
    intact = fields.Boolean(
        data_key="whole", metadata={"description": "Every line stands as it was written"}
    )


class ContactsOut(Listed):
    """The record of contact."""

    case = fields.Nested(CaseNamed)
    hearing_id = fields.Integer(allow_none=True)
    lines = fields.Integer(metadata={"description": "How many lines are shown"})
    chain = fields.Nested(ChainOut)
    attempts = fields.List(fields.Nested(AttemptOut))


class FeedOut(Schema):
    """A calendar to subscribe to; its address is a key."""

    id = fields.Integer()
    scope = fields.String()
    whose = fields.Integer(metadata={"description": "The number of the judge, courtroom, …"})
    busy_only = fields.Boolean(metadata={"description": "It says when, and nothing of what"})
    created_at = _moment()
    url = fields.String(metadata={"format": "uri"})


class FeedsOut(Listed):
    """The calendars that this user opened, the oldest first."""

    feeds = fields.List(fields.Nested(FeedOut))


class CostOut(Schema):
    """Whom a slot costs what."""

    counsel = fields.String()
    why = fields.String()


class SuggestionOut(Schema):
    """A slot that suits everybody."""

    starts_at = _moment()
    ends_at = _moment()
    courtroom = fields.String()
    sittings = _sittings()
    score = fields.Float(metadata={"description": "The more the better; the best has the most"})
    reasons = fields.List(fields.String())
    costs = fields.List(fields.Nested(CostOut))


class SuggestionsOut(Listed):
    """Slots, the best first."""

    suggestions = fields.List(fields.Nested(SuggestionOut))
    not_before = fields.Date(
        metadata={"description": "The first day that the periods of the court's rules allow"}
    )
    periods = fields.List(
        fields.String(),
        metadata={"description": "The periods that decide it; none where people are told later"},
    )


class AddedWordOut(Schema):
    """A word that counsel of another side added."""

    counsel = fields.String()
    side = fields.String()
    words = fields.String()
    added_at = _moment()


class QuestionOut(Schema):
    """A question, with the court's answer once there is one."""

    id = fields.Integer()
    case_id = fields.Integer()
    case_number = fields.String()
    counsel = fields.String()
    counsel_id = fields.Integer()
    side = fields.String()
    subject = fields.String()
    words = fields.String()
    private = _one_of("", *PrivateReason)
    disclosed_at = _moment()
    state = _one_of(*QuestionState)
    asked_at = _moment()
    due_at = _moment()
    outcome = _one_of("", *QuestionOutcome)
    answer = fields.String()
    answers = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "By language, where each side was sent it in its own"},
    )
    standard_answer_id = fields.Integer(allow_none=True)
    standard_versions = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Of the standard answer used, by language"},
    )
    held_back = fields.Boolean(
        metadata={"description": "Words are left out: a judge reads none that may be on the merits"}
    )
    answered_at = _moment()
    answered_by = fields.String()
    follows_id = fields.Integer(allow_none=True)
    joined_id = fields.Integer(allow_none=True)
    helpful = fields.Boolean(allow_none=True)
    added = fields.List(fields.Nested(AddedWordOut))


class NewLinkOut(Schema):
    """Whose links in a case were replaced, and the channels by which a new one is sent."""

    case_id = fields.Integer()
    counsel_id = fields.Integer()
    counsel = fields.String()
    channels = fields.List(fields.String())


class QuestionsOut(Listed):
    """The questions of a case, the newest first."""

    questions = fields.List(fields.Nested(QuestionOut))


class StandardWordsOut(Schema):
    """The words of a standard answer in one language, with placeholders such as `{date}`."""

    language = _one_of("en", "zh")
    version = fields.Integer()
    title = fields.String()
    text = fields.String()


class StandardAnswerOut(Schema):
    """A standard answer of the court, in one language or both."""

    id = fields.Integer()
    words = fields.List(fields.Nested(StandardWordsOut))


class StandardAnswersOut(Listed):
    """The court's standard answers in force."""

    standard_answers = fields.List(fields.Nested(StandardAnswerOut))


class DelegateOut(Schema):
    """Somebody who acts, or acted, for counsel in a case; never their link."""

    id = fields.Integer()
    case_id = fields.Integer()
    hearing_id = fields.Integer(
        allow_none=True, metadata={"description": "Their only hearing; null: the whole case"}
    )
    counsel = fields.String()
    counsel_id = fields.Integer()
    side = fields.String()
    name = fields.String()
    email = fields.String()
    phone = fields.String()
    language = fields.String()
    may_answer = fields.Boolean(metadata={"description": "Not only read"})
    copies = fields.Boolean(metadata={"description": "They are sent what counsel is sent"})
    named_at = _moment()
    until = fields.Date(allow_none=True, metadata={"description": "The last day, included"})
    active = fields.Boolean()
    ended_at = _moment()
    ended_because = _one_of("", *DelegateEnd)
    ended_by = fields.String(metadata={"description": "The user of the court who ended it"})


class DelegatesOut(Listed):
    """The delegates of a case, the newest first."""

    delegates = fields.List(fields.Nested(DelegateOut))


class PaperFileOut(Schema):
    """A file of a paper as it was sent."""

    number = fields.Integer(metadata={"description": "Within the paper, from 1"})
    name = fields.String()
    type = fields.String()
    bytes = fields.Integer()
    sha256 = fields.String()
    scan = _one_of(
        *ScanState,
        description="Empty: not scanned; found: set aside, so nobody else has it; large: too large",
    )
    finding = fields.String(metadata={"description": "What the scanner found"})


class PaperReadingOut(Schema):
    """When a counsel opened a paper of others, and confirmed having received it."""

    counsel = fields.String()
    counsel_id = fields.Integer()
    opened_at = _moment()
    confirmed_at = _moment()
    confirmed_by = fields.String(metadata={"description": 'the delegate who confirmed it, or ""'})


class DelegateOpeningOut(Schema):
    """When a delegate of a counsel opened a paper; it does not show that counsel did."""

    delegate = fields.String()
    counsel = fields.String()
    opened_at = _moment()


class PaperOpinionOut(Schema):
    """What counsel for another side says of a paper: the latest version, with its entry."""

    counsel = fields.String()
    counsel_id = fields.Integer()
    party = fields.String()
    side = fields.String()
    authentic = fields.Boolean(allow_none=True)
    lawful = fields.Boolean(allow_none=True)
    relevant = fields.Boolean(allow_none=True)
    authentic_reason = fields.String(metadata={"description": 'Of the answer to it, or ""'})
    lawful_reason = fields.String()
    relevant_reason = fields.String()
    version = fields.Integer()
    given_at = _moment()
    entry = fields.Integer()


class ServedOut(Schema):
    """Whether a counsel is served with a paper of the court, under the rule in force when filed."""

    counsel = fields.String()
    counsel_id = fields.Integer()
    side = fields.String()
    served_at = _moment()
    by = _one_of("", "delivered", "opened", "confirmed")
    channel = fields.String(metadata={"description": "Of the message that was delivered, or empty"})
    entry = fields.Integer(allow_none=True)
    rule = fields.String(metadata={"description": "The article, in English"})


class PaperOut(Schema):
    """One paper; its number counts those of its side in the case."""

    id = fields.Integer()
    number = fields.Integer()
    name = fields.String()
    kind = _one_of(*PaperKind)
    proves = fields.String()
    original = fields.Boolean()
    pages = fields.Integer(allow_none=True)
    bytes = fields.Integer()
    files = fields.List(fields.Nested(PaperFileOut))
    readings = fields.List(fields.Nested(PaperReadingOut))
    dispute = _one_of("", *DisputeState)
    opinions = fields.List(fields.Nested(PaperOpinionOut))
    served = fields.List(fields.Nested(ServedOut))
    delegate_openings = fields.List(fields.Nested(DelegateOpeningOut))


class FilingOut(Schema):
    """Papers that were filed together, with the number of the receipt."""

    id = fields.Integer()
    number = fields.Integer()
    receipt = fields.String()
    filed_at = _moment()
    filed_by = fields.String()
    delegate = fields.String(metadata={"description": 'who filed for counsel, or ""'})
    side = fields.String()
    party = fields.String()
    entry = fields.Integer()
    entry_sha256 = fields.String()
    papers = fields.List(fields.Nested(PaperOut))


class WithheldPaperOut(Schema):
    """A paper that cannot be read: its digests, and what it is only if that is shown to all."""

    id = fields.Integer()
    number = fields.Integer()
    name = fields.String(metadata={"description": "Empty while it is sealed"})
    kind = _one_of("", *PaperKind)
    proves = fields.String()
    sha256 = fields.List(fields.String())


class WithheldFilingOut(Schema):
    """Papers that cannot be read: sealed until an exchange of evidence closes, or late."""

    id = fields.Integer()
    number = fields.Integer()
    filed_at = _moment()
    filed_by = fields.String()
    side = fields.String()
    party = fields.String()
    exchange = fields.Integer(metadata={"description": "The number of the exchange in its case"})
    late = fields.Boolean()
    late_reason = fields.String()
    decision = _one_of("", "admitted", "refused")
    papers = fields.List(fields.Nested(WithheldPaperOut))


class FilingsOut(Listed):
    """What was filed in a case, the first filing first; ``withheld`` cannot be read now."""

    filings = fields.List(fields.Nested(FilingOut))
    withheld = fields.List(fields.Nested(WithheldFilingOut))


class ExchangePartyOut(Schema):
    """How far one party is in an exchange of evidence."""

    party = fields.String()
    side = fields.String()
    closes_at = _moment("What it files from then on is late")
    completed_at = _moment("When it said that all its evidence is filed")


class ExchangeSideOut(Schema):
    """What one side filed into an exchange of evidence."""

    side = fields.String()
    papers = fields.Integer()
    last_filed_at = _moment()
    filings = fields.List(fields.Integer(), metadata={"description": "Their numbers in the case"})


class LateFilingOut(Schema):
    """A filing that came late into an exchange, with the court's decision on it, if any."""

    filing_id = fields.Integer()
    number = fields.Integer()
    side = fields.String()
    filed_at = _moment()
    reason = fields.String()
    decision = _one_of("", "admitted", "refused")
    words = fields.String()
    decided_at = _moment()


class ExchangeOut(Schema):
    """An exchange of evidence."""

    id = fields.Integer()
    number = fields.Integer()
    mode = _one_of("at_once", "sealed")
    state = _one_of("open", "closed", "cancelled")
    started_at = _moment()
    closes_at = _moment()
    ends_at = _moment("The last close of all parties, at which sealed papers are opened")
    ended_at = _moment()
    ended_by = _one_of("", "time", "complete")
    opinions_due_at = _moment("By when opinions are given; empty for one that was cancelled")
    late = fields.List(fields.Nested(LateFilingOut))
    parties = fields.List(fields.Nested(ExchangePartyOut))
    sides = fields.List(fields.Nested(ExchangeSideOut))


class ExchangesOut(Listed):
    """The exchanges of evidence of a case, the newest first."""

    exchanges = fields.List(fields.Nested(ExchangeOut))


class TokenOut(Schema):
    """A token, but for the token itself, of which only a hash is stored."""

    id = fields.Integer()
    name = fields.String()
    hint = fields.String(metadata={"description": "The first characters"})
    court = fields.String(metadata={"description": "The one court that it opens"})
    user = fields.String(metadata={"description": "E-mail address of the user as whom it acts"})
    scopes = fields.List(_one_of(*TokenScope))
    created_at = _moment()
    expires_at = _moment("When it ends; null: never")
    last_used_at = _moment("To about five minutes; null: never used")
    revoked_at = _moment()
    current = fields.Boolean(metadata={"description": "Whether this call was made with it"})


class TokensOut(Listed):
    """The tokens of a user, the newest first."""

    tokens = fields.List(fields.Nested(TokenOut))


class NewTokenOut(TokenOut):
    """A token that was just made."""

    token = fields.String(
        metadata={"description": "Shown once: a repeated request is answered with an empty one"}
    )


class NeededPersonOut(Schema):
    """Somebody outside the court who is needed at hearings, and where they are reached."""

    id = fields.Integer()
    name = fields.String()
    role = _one_of(*BenchRole)
    email = fields.String()
    phone = fields.String()
    language = fields.String()


class NeededPeopleOut(Listed):
    """The people outside a court who are needed at its hearings, the oldest entry first."""

    members = fields.List(fields.Nested(NeededPersonOut))


class MemberAnswerOut(Schema):
    """Whether a member can come to one slot of the newest round."""

    slot_id = fields.Integer()
    says = _one_of("yes", "no")


class HearingMemberOut(Schema):
    """A member of a hearing who is outside the court: how far they were reached, what they said."""

    id = fields.Integer(metadata={"description": "Of the person, as in `GET /members`"})
    name = fields.String()
    role = _one_of(*BenchRole)
    state = _one_of(
        *("no_address", "cannot_come", "not_delivered", "unknown", "not_invited", "queued"),
        *("sent", "delivered", "opened", "told", "answered", "confirmed"),
    )
    at = _moment("Since when")
    reason = fields.String(metadata={"description": "Why they cannot come on the date that holds"})
    seen = fields.Boolean(metadata={"description": "The court has seen that they cannot come"})
    link_version = fields.Integer(
        metadata={"description": "Rises with every new link; 0 before they were asked or told"}
    )
    answers = fields.List(fields.Nested(MemberAnswerOut))


class HearingMembersOut(Listed):
    """The members of a hearing who are outside the court."""

    members = fields.List(fields.Nested(HearingMemberOut))


class TaskOut(Schema):
    """Something that waits for a person of the court."""

    id = fields.Integer()
    kind = _one_of(*TaskKind)
    state = _one_of(*TaskState)
    case_id = fields.Integer()
    case_number = fields.String()
    hearing_id = fields.Integer(allow_none=True)
    counsel_id = fields.Integer()
    counsel = fields.String()
    side = fields.String()
    phone = fields.String(metadata={"description": "The number that counsel asked to be rung on"})
    topic = fields.String()
    words = fields.String(metadata={"description": "When they can be rung, or why they ask"})
    opens_at = _moment()
    due_at = _moment("The latest moment at which it still serves its purpose")
    created_at = _moment()
    tried_at = _moment()
    ended_at = _moment()


class TasksOut(Listed):
    """Tasks, the newest first."""

    tasks = fields.List(fields.Nested(TaskOut))


class InboxMessageOut(Schema):
    """A message that came in, and whether it waits for a person of the court."""

    id = fields.Integer()
    case_id = fields.Integer(allow_none=True)
    counsel_id = fields.Integer(allow_none=True)
    channel = fields.String()
    kind = _one_of(*InboundKind)
    sender = fields.String()
    name = fields.String()
    subject = fields.String()
    words = fields.String()
    at = _moment()
    done_at = _moment()


class InboxOut(Listed):
    """Messages, the newest first."""

    messages = fields.List(fields.Nested(InboxMessageOut))


class ListedSlotOut(Schema):
    """A slot that was found for a hearing of a listing."""

    starts_at = _moment()
    ends_at = _moment()
    courtroom = fields.String()


class ListedHearingOut(Schema):
    """A hearing of a listing, with its slots or why there are none."""

    id = fields.Integer()
    case_id = fields.Integer()
    kind = fields.String()
    minutes = fields.Integer()
    hearing_id = fields.Integer(allow_none=True, metadata={"description": "Once it was sent"})
    why = fields.String()
    slots = fields.List(fields.Nested(ListedSlotOut))


class ListingOut(Schema):
    """A listing; nothing is booked or announced until it is sent."""

    id = fields.Integer()
    name = fields.String()
    state = _one_of(*ListingState)
    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(metadata={"format": "date"})
    answer_by = _moment()
    created_at = _moment()
    ended_at = _moment()
    placed = fields.Integer(allow_none=True, metadata={"description": "How many have a slot"})
    cost = fields.Integer(allow_none=True)
    bound = fields.Integer(allow_none=True, metadata={"description": "No listing costs less"})
    fault = fields.String()
    hearings = fields.List(fields.Nested(ListedHearingOut))


class ListingsOut(Listed):
    """Listings, the newest first, without their hearings."""

    listings = fields.List(fields.Nested(ListingOut))


class ImportFaultOut(Schema):
    """A row of a file that is refused."""

    line = fields.Integer(allow_none=True)
    column = fields.String()
    why = fields.String()


class ImportOut(Schema):
    """A file of cases and hearings, and how far it is."""

    id = fields.Integer()
    name = fields.String()
    bytes = fields.Integer()
    state = fields.String(
        metadata={
            "description": "choosing, mapping: choose on the page how it is read; to_check, "
            "to_enter: a worker is at it; checked, entered, failed, undone, cancelled"
        }
    )
    columns = fields.List(fields.String(), metadata={"description": "The field of each column"})
    faults = fields.Integer()
    refused = fields.List(fields.Nested(ImportFaultOut))
    messages = fields.List(fields.String())
    created_at = _moment()
    ended_at = _moment()


class ImportsOut(Listed):
    """Files of cases and hearings, the newest first."""

    imports = fields.List(fields.Nested(ImportOut))


class NoticeOut(Schema):
    """A message to somebody, over one channel; its id is in `attempt` of a contact: n12.1."""

    id = fields.Integer()
    case_id = fields.Integer(allow_none=True)
    counsel_id = fields.Integer(allow_none=True)
    kind = fields.String()
    channel = fields.String()
    name = fields.String()
    side = fields.String()
    state = fields.String()

"""Pure: the flat fields of the proposal's page as rows of texts, and rows as input of the forms.

Times are typed by the clock of the court.
"""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from app.core.characters import half_width, whole_number
from app.core.errors import N_, Invalid, Message
from app.core.forms import Form, load
from app.court import bench
from app.court.bench import BenchMember, UnreadableBench
from app.hearings.forms import HearingIn, MoveIn
from app.hearings.rules import MOST_SLOTS, from_wall_clock
from app.hearings.sittings.rules import MOST_SITTINGS
from app.law.day_counting import MOST_CLOSED

_ROW = re.compile(r"slots\.(\d{1,3})\.(starts_at|courtroom)")
_DAY = re.compile(r"slots\.(\d{1,3})\.sittings\.(\d{1,3})\.(starts_at|minutes|courtroom)")
_FIRST_SITTING = re.compile(r"(slots\.\d+)\.sittings\.0\.(starts_at|courtroom)")
_WALL_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?")
_DROP = re.compile(r"drop-slot\.(\d{1,3})")
_ADD_DAY = re.compile(r"add-day\.(\d{1,3})")
_DROP_DAY = re.compile(r"drop-day\.(\d{1,3})\.(\d{1,3})")
_TAKE = re.compile(r"take\.([0-9T:-]{16})\|(.{1,200})")
F = TypeVar("F", bound=Form)


@dataclass
class SittingFields:
    """A further sitting of a slot as it is typed; without minutes as long as the first."""

    starts_at: str = ""
    minutes: str = ""
    courtroom: str = ""


@dataclass
class SlotFields:
    """One slot as it is typed: its first sitting, and further ones if it has several."""

    starts_at: str = ""
    courtroom: str = ""
    further: list[SittingFields] = field(default_factory=list)


@dataclass
class ProposalFields:
    """The page's form as it is typed, right or wrong: shown again, it loses nothing.

    ``once`` identifies the form, so that sending it twice does it once; ``stood`` is the version
    it was loaded upon (see versions); ``seen`` is the seal of the previewed messages; ``how`` is
    "ask" or "order". ``suggested`` names the slots that were filled in for the user (see
    ``suggested_key``), with spaces between.
    """

    once: str = ""
    stood: str = ""
    seen: str = ""
    kind: str = ""
    minutes: str = ""
    days: str = ""
    # Everybody whom a new hearing needs, in one line; blank: those of the case.
    bench: str = ""
    how: str = ""
    answer_by: str = ""
    fix: str = ""
    reason: str = ""
    cause: str = ""
    override_reason: str = ""
    suggested: str = ""
    slots: list[SlotFields] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the fields as a draft stores them."""
        return asdict(self)


NAMES = tuple(each.name for each in fields(ProposalFields) if each.name != "slots")


@dataclass(frozen=True)
class CalendarSelection:
    """A span selected in the calendar, and the action on it, as typed."""

    starts_at: str
    courtroom: str = ""
    minutes: str = ""
    how: str = ""

    def as_query(self) -> dict[str, str]:
        """Return the selection as parameters of a link."""
        return {name: text for name, text in asdict(self).items() if text}


def suggested_key(slot: SlotFields) -> str:
    """Return what names a slot as it was suggested: its first start and its number of days."""
    return f"{slot.starts_at}/{1 + len(slot.further)}"


def drop_suggested(form: ProposalFields, days: int) -> ProposalFields:
    """Drop the slots that were suggested for another number of days, and not changed since."""
    suggested, others = set(form.suggested.split()), f"/{days}"
    return replace(
        form,
        slots=[
            slot
            for slot in form.slots
            if (key := suggested_key(slot)) not in suggested or key.endswith(others)
        ],
    )


def parse(posted: Iterable[tuple[str, str]]) -> ProposalFields:
    """Sort posted fields into rows; unknown fields are left out."""
    texts: dict[str, str] = {}
    rows: dict[int, SlotFields] = {}
    further: dict[tuple[int, int], SittingFields] = {}
    for name, value in posted:
        row = _ROW.fullmatch(name)
        if name in NAMES:
            texts[name] = value
        elif row:
            setattr(rows.setdefault(int(row[1]), SlotFields()), row[2], value)
        elif day := _DAY.fullmatch(name):
            sitting = further.setdefault((int(day[1]), int(day[2])), SittingFields())
            setattr(sitting, day[3], value)
    for n, k in sorted(further):
        rows.setdefault(n, SlotFields()).further.append(further[n, k])
    return ProposalFields(**texts, slots=[rows[n] for n in sorted(rows)])


def from_json(stored: Mapping[str, Any]) -> ProposalFields:
    """Return the fields of a draft."""
    texts = {name: str(stored[name]) for name in NAMES if name in stored}
    slots = [
        SlotFields(
            slot["starts_at"],
            slot["courtroom"],
            [SittingFields(**each) for each in slot.get("further", ())],
        )
        for slot in stored.get("slots", ())
    ]
    return ProposalFields(**texts, slots=slots)


def parse_selection(query: Mapping[str, str]) -> CalendarSelection | None:
    """Return the span that a link from the calendar names, or None."""
    texts = {each.name: query.get(each.name, "")[:200] for each in fields(CalendarSelection)}
    return CalendarSelection(**texts) if texts["starts_at"] else None


def with_selection(form: ProposalFields, selection: CalendarSelection) -> ProposalFields:
    """Replace slots that were not typed by the selected span."""
    return replace(
        form,
        minutes=selection.minutes or form.minutes,
        how=selection.how or form.how,
        slots=[SlotFields(selection.starts_at, selection.courtroom)],
    )


def blank_row(form: ProposalFields) -> SlotFields:
    """Return an empty row for a slot, in the courtroom of the row above."""
    return SlotFields(courtroom=form.slots[-1].courtroom if form.slots else "")


def apply_action(
    form: ProposalFields, action: str, is_working_day: Callable[[dt.date], bool]
) -> ProposalFields:
    """Apply a button of the form: add a slot or a day, take a suggested slot, drop either."""
    if match := _ADD_DAY.fullmatch(action):
        for slot in form.slots[int(match[1]) : int(match[1]) + 1]:
            if len(slot.further) < MOST_SITTINGS - 1:
                slot.further.append(_next_day(slot, is_working_day))
    elif match := _DROP_DAY.fullmatch(action):
        for slot in form.slots[int(match[1]) : int(match[1]) + 1]:
            del slot.further[int(match[2]) : int(match[2]) + 1]
    if action == "add-slot" and len(form.slots) < MOST_SLOTS:
        form.slots.append(blank_row(form))
    elif (match := _TAKE.fullmatch(action)) and len(drop_empty_rows(form).slots) < MOST_SLOTS:
        form.slots.append(SlotFields(match[1], match[2]))
    elif match := _DROP.fullmatch(action):
        del form.slots[int(match[1]) : int(match[1]) + 1]
    return form


def _next_day(slot: SlotFields, is_working_day: Callable[[dt.date], bool]) -> SittingFields:
    """Return a further sitting on the next working day, otherwise like the last of a slot."""
    last: SlotFields | SittingFields = slot.further[-1] if slot.further else slot
    minutes = last.minutes if isinstance(last, SittingFields) else ""
    local = _local(last.starts_at)
    if local is None:
        return SittingFields("", minutes, last.courtroom)
    days = (local + dt.timedelta(days=n) for n in range(1, MOST_CLOSED))
    following = next((at for at in days if is_working_day(at.date())), local)
    return SittingFields(following.strftime("%Y-%m-%dT%H:%M"), minutes, last.courtroom)


def drop_empty_rows(form: ProposalFields) -> ProposalFields:
    """Leave out rows for slots, and for their further days, in which no time was typed."""
    form.slots = [slot for slot in form.slots if slot.starts_at.strip()]
    for slot in form.slots:
        slot.further = [each for each in slot.further if each.starts_at.strip()]
    return form


def field_of(name: str) -> str:
    """Return the page's field for a field of the input: a slot's first sitting is its own row."""
    return _FIRST_SITTING.sub(r"\1.\2", name)


def load_hearing(form: ProposalFields, case_id: int, zone: ZoneInfo) -> HearingIn:
    """Load a new hearing. Raises Invalid, with every error."""
    own: dict[str, object] = {"kind": form.kind.strip(), "case_id": case_id}
    if form.bench.strip():
        own["bench"] = form.bench
    try:
        return _load(HearingIn, form, own, form.answer_by, zone)
    except Invalid as fault:  # of a bench, whose field is one for all people
        of_bench = [words for name, words in fault.errors.items() if name.startswith("bench.")]
        others = {k: words for k, words in fault.errors.items() if not k.startswith("bench.")}
        raise Invalid({**others, **({"bench": of_bench[0]} if of_bench else {})}) from fault


def load_move(form: ProposalFields, zone: ZoneInfo) -> MoveIn:
    """Load a move: at once to one slot, or a proposal with a date to answer by.

    Raises Invalid, with every error.
    """
    errors: dict[str, Message] = {}
    at_once = is_at_once(form)
    if at_once and len(form.slots) > 1:
        errors["slots"] = Message(N_("To set a date at once, keep one slot and remove the others."))
    elif not at_once and not form.answer_by.strip():
        errors["answer_by"] = Message(N_("Enter the date by which counsel can answer."))
    answer_by = "" if at_once else form.answer_by
    texts = {"reason": form.reason.strip(), "cause": form.cause.strip()}
    try:
        move = _load(MoveIn, form, texts, answer_by, zone)
    except Invalid as fault:
        raise Invalid({**errors, **fault.errors}) from fault
    if errors:
        raise Invalid(errors)
    return move


def _load(
    form_type: type[F],
    form: ProposalFields,
    own: Mapping[str, object],
    answer_by: str,
    zone: ZoneInfo,
) -> F:
    """Load a form whose times are wall-clock times of a zone.

    A time that never comes there, or comes twice, is an error of its field.
    """
    errors: dict[str, Message] = {}
    data: dict[str, object] = {
        **own,
        "minutes": whole_number(form.minutes.strip()),
        "fix": form.fix.strip(),
        "override_reason": form.override_reason.strip(),
        "slots": [_slot(slot, n, zone, errors) for n, slot in enumerate(form.slots)],
    }
    if answer_by.strip():
        data["answer_by"] = instant(answer_by.strip(), zone, "answer_by", errors)
    try:
        loaded = load(form_type, data)
    except Invalid as fault:
        found = {field_of(name): words for name, words in fault.errors.items()}
        raise Invalid({**found, **errors}) from fault
    if errors:
        raise Invalid(errors)
    return loaded


def _slot(
    slot: SlotFields, n: int, zone: ZoneInfo, errors: dict[str, Message]
) -> dict[str, object]:
    """Return a slot as input, a set of sittings where it has further ones."""
    first: dict[str, object] = {
        "starts_at": instant(slot.starts_at, zone, f"slots.{n}.starts_at", errors),
        "courtroom": slot.courtroom,
    }
    if not slot.further:
        return first
    sittings = [first]
    for k, each in enumerate(slot.further, 1):
        name = f"slots.{n}.sittings.{k}.starts_at"
        sitting: dict[str, object] = {
            "starts_at": instant(each.starts_at, zone, name, errors),
            "courtroom": each.courtroom,
        }
        if each.minutes.strip():
            sitting["minutes"] = whole_number(each.minutes.strip())
        sittings.append(sitting)
    return {"sittings": sittings}


def named_bench(form: ProposalFields) -> list[BenchMember] | None:
    """Return the people whom a form names; None where it names none, or cannot be read."""
    try:
        return bench.parse(form.bench) or None
    except UnreadableBench:
        return None


def is_at_once(form: ProposalFields) -> bool:
    """Tell whether a date is to be set without asking; by default, one slot alone means that."""
    if form.how in ("ask", "order"):
        return form.how == "order"
    return len(form.slots) == 1 and not form.answer_by.strip()


def instant(text: str, zone: ZoneInfo, name: str, errors: dict[str, Message]) -> dt.datetime | str:
    """Return the instant of a typed wall-clock time; "" after adding an error under ``name``."""
    local = _local(text)
    if local is None:
        errors[name] = Message(N_("Enter the day and the time."))
        return ""
    if not 2000 <= local.year <= 2200:
        errors[name] = Message(N_("Check the year: enter one from 2000 to 2200."))
        return ""
    at = from_wall_clock(local.replace(second=0, microsecond=0), zone)
    if isinstance(at, Message):
        errors[name] = at
        return ""
    return at


def _local(text: str) -> dt.datetime | None:
    """Return a typed wall-clock time, or None for what is none."""
    # Python would take a NUL behind a time, digits of other scripts, and week dates.
    try:
        match = _WALL_CLOCK.fullmatch(half_width(text))
        return dt.datetime.fromisoformat(match[0]) if match else None
    except ValueError:
        return None


def wall_clock(at: dt.datetime, zone: ZoneInfo) -> str:
    """Return an instant as the value of a datetime-local input: 2026-12-15T09:30."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def is_key(text: str) -> bool:
    """Tell whether a text identifies a form: a UUID in its canonical form."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def hearing_uid(key: str, user_id: int) -> str:
    """Return the identifier of the hearing that one form of one user makes: always the same."""
    return str(uuid.uuid5(uuid.UUID(key), f"hearing/{user_id}"))

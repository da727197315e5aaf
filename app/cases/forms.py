"""Pure: the one description of case, party and counsel.

Each field is declared once: its type, how input is checked, and in ``FieldInfo`` all else that
differs between fields. Page, JSON API with its OpenAPI document, import, log of changes and erasing
are read from here; a new plain column needs no line of code anywhere else (see CONTRIBUTING.md).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from marshmallow import ValidationError, fields

from app.cases.rules import PROCEDURES
from app.core.channels import BY_RANK
from app.core.characters import half_width_number, whole_number
from app.core.errors import N_, Message
from app.core.forms import (
    ChoiceField,
    DateField,
    EmailField,
    ErrorMessages,
    Form,
    ListField,
    TextField,
    WholeNumberField,
    info_of,
    nested,
    posted,
)
from app.court.bench import BenchMember
from app.court.forms import BenchField

SIDES = ("claimant", "respondent", "other")
CHANNELS = tuple(channel.value for channel in BY_RANK)
LANGUAGES = ("en", "zh")


class Erased(Enum):
    """When a field is blanked as the personal data of a case is erased."""

    NEVER = "never"
    WITH_ADDRESSES = "addresses"
    WITH_NAMES = "names"  # only where names are erased too


class Control(Enum):
    """The element by which a page takes a field; the value is the ``type`` of an input."""

    TEXT = "text"
    PHONE = "tel"
    EMAIL = "email"
    DATE = "date"
    NUMBER = "number"


class Known(Enum):
    """A list of the court from which a page completes what is typed into a field."""

    COUNSEL = "counsel"  # a choice fills in the other fields of the person too
    FIRM = "firm"
    JUDGE = "judge"


@dataclass(frozen=True)
class ImportColumn:
    """A column of an imported file.

    ``headers`` are read besides those that the built-in column map lists; ``beside`` are columns
    under whose header a fault is reported where the file lacks this one, best first; ``is_number``
    strips what spreadsheets add to a number: 13800138000.0.
    """

    name: str
    label: str
    headers: Sequence[str] = ()
    beside: Sequence[str] = ()
    is_number: bool = False


@dataclass(frozen=True)
class FieldInfo:
    """Metadata of a field beyond its type and validation.

    ``label`` is that of the page, ``short_label`` that of a list of mistakes or changes.
    ``completed_from`` is the list that completes what is typed.
    ``choices`` are stored values with their labels; "" is a label that ``core.wording`` gives.
    ``is_stored`` tells that the model has a column of the same name that takes the value as it is
    loaded. ``is_logged`` puts a change on the court's list of changes, from which nothing is
    erased: only for what is not personal.
    """

    label: str
    short_label: str = ""
    hint: str = ""
    control: Control = Control.TEXT
    choices: Sequence[tuple[str, str]] = ()
    completed_from: Known | None = None
    on_page: bool = True
    is_collapsed: bool = False
    column: ImportColumn | None = None
    description: str = ""  # in the API's document
    is_stored: bool = True
    is_logged: bool = False
    erased: Erased = Erased.NEVER


class CaseNumber(TextField):
    """The number of a case, its digits and Latin letters half-width; its brackets as typed."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        return half_width_number(super()._deserialize(value, attr, data, **kwargs))


class TravelField(WholeNumberField):
    """Minutes of one way to the court, 0 to 1440; None where nothing is typed."""

    def __init__(self, **kwargs: Any) -> None:
        messages: ErrorMessages = {"invalid": N_("Enter whole minutes, such as 90.")}
        super().__init__(allow_none=True, load_default=None, error_messages=messages, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            value = whole_number(value, 9)
        if value == "":
            return None
        minutes = super()._deserialize(value, attr, data, **kwargs)
        if minutes is not None and not 0 <= minutes <= 1440:
            raise ValidationError([Message(N_("Enter 0 to 1440 minutes."))])
        return minutes


@dataclass(frozen=True, kw_only=True)
class CounselIn(Form):
    """One counsel of a party."""

    name: str = posted(
        TextField(200, blank=False, required=True, absent=N_("Enter counsel's name.")),
        info=FieldInfo(
            N_("Name"),
            completed_from=Known.COUNSEL,
            column=ImportColumn("counsel", N_("Counsel"), beside=("party",)),
            erased=Erased.WITH_NAMES,
        ),
    )
    firm: str = posted(
        TextField(200, load_default=""),
        info=FieldInfo(
            N_("Firm"),
            completed_from=Known.FIRM,
            column=ImportColumn("firm", N_("Law firm"), beside=("counsel", "party")),
            erased=Erased.WITH_NAMES,
        ),
    )
    phone: str = posted(
        TextField(100, load_default=""),
        info=FieldInfo(
            N_("Telephone"),
            control=Control.PHONE,
            column=ImportColumn(
                "phone",
                N_("Counsel's phone"),
                beside=("email", "party_phone", "party_email", "counsel", "party"),
                is_number=True,
            ),
            description="E.164, or empty; of a land line with ;ext=801",
            is_stored=False,
            erased=Erased.WITH_ADDRESSES,
        ),
    )
    email: str = posted(
        EmailField(load_default=""),
        info=FieldInfo(
            N_("E-mail address"),
            control=Control.EMAIL,
            column=ImportColumn(
                "email",
                N_("Counsel's e-mail"),
                beside=("phone", "party_email", "party_phone", "counsel", "party"),
            ),
            erased=Erased.WITH_ADDRESSES,
        ),
    )
    channels: Sequence[str] = posted(
        ListField(ChoiceField(CHANNELS), least=0, most=2, load_default=list),
        info=FieldInfo(
            N_("Reached by"),
            is_collapsed=True,
            choices=(
                ("", N_("text, then mail, as known")),
                ("sms,email", N_("text and mail")),
                ("email,sms", N_("mail and text")),
                ("sms", N_("text only")),
                ("email", N_("mail only")),
            ),
            column=ImportColumn("channels", N_("Ways to reach them"), beside=("counsel", "party")),
            is_stored=False,
        ),
    )
    language: str = posted(
        ChoiceField(("", *LANGUAGES), load_default=""),
        info=FieldInfo(
            N_("Language"),
            is_collapsed=True,
            choices=(("", N_("the court's")), ("zh", "中文"), ("en", "English")),
            column=ImportColumn("language", N_("Language"), beside=("counsel", "party")),
            is_stored=False,
        ),
    )
    address_confirmed_on: dt.date | None = posted(
        DateField(),
        info=FieldInfo(
            N_("Address confirmed on"),
            control=Control.DATE,
            is_collapsed=True,
            column=ImportColumn("address_confirmed_on", N_("Address confirmed on")),
            is_stored=False,
        ),
    )
    electronic_consent_on: dt.date | None = posted(
        DateField(),
        info=FieldInfo(
            N_("Consent to electronic service on"),
            control=Control.DATE,
            is_collapsed=True,
            column=ImportColumn("electronic_consent_on", N_("Electronic service agreed on")),
            is_stored=False,
        ),
    )
    zone: str = posted(
        TextField(64, load_default=""),
        info=FieldInfo(
            N_("Own time zone, if elsewhere"),
            short_label=N_("Time zone"),
            is_collapsed=True,
            description="IANA name, where it is not the court's",
        ),
    )
    travel_minutes: int | None = posted(
        TravelField(metadata={"description": "One way to the court, from elsewhere"}),
        info=FieldInfo(
            N_("Way to the court, minutes"),
            short_label=N_("Minutes on the way"),
            control=Control.NUMBER,
            is_collapsed=True,
            description="One way to the court",
            is_stored=False,
        ),
    )
    required: bool = posted(
        fields.Boolean(load_default=True, error_messages={"invalid": N_("Enter true or false.")}),
        info=FieldInfo(
            N_("A date needs their answer"),
            short_label=N_("Answer"),
            choices=(("1", N_("yes")), ("0", N_("no"))),
            is_collapsed=True,
            description="Whether a date needs their yes",
            is_stored=False,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class PartyIn(Form):
    """One party of a case; with an e-mail or phone of its own where it acts in person."""

    name: str = posted(
        TextField(200, blank=False, required=True, absent=N_("Enter the party's name.")),
        info=FieldInfo(
            N_("Name of the party"),
            short_label=N_("Name"),
            column=ImportColumn("party", N_("Party")),
            erased=Erased.WITH_NAMES,
        ),
    )
    side: str = posted(
        ChoiceField(SIDES, required=True, absent=N_("Choose the side.")),
        info=FieldInfo(
            N_("Side"),
            choices=tuple((side, "") for side in SIDES),
            column=ImportColumn("side", N_("Side"), beside=("role", "party")),
        ),
    )
    role: str = posted(
        TextField(100, load_default=""),
        info=FieldInfo(
            N_("Role, if not that of the side"),
            is_collapsed=True,
            column=ImportColumn("role", N_("Role of the party"), beside=("side", "party")),
            is_stored=False,
        ),
    )
    reference: str = posted(
        TextField(100, load_default=""),
        info=FieldInfo(
            N_("The party's number elsewhere"),
            on_page=False,
            column=ImportColumn(
                "reference",
                N_("The party's number elsewhere"),
                beside=("party",),
                is_number=True,
            ),
            erased=Erased.WITH_NAMES,
        ),
    )
    phone: str = posted(
        TextField(100, load_default=""),
        info=FieldInfo(
            N_("Telephone of the party itself"),
            short_label=N_("Telephone"),
            hint=N_("Without counsel the party is asked itself"),
            control=Control.PHONE,
            column=ImportColumn(
                "party_phone",
                N_("The party's phone"),
                beside=("party_email", "phone", "email", "party"),
                is_number=True,
            ),
            is_stored=False,
            erased=Erased.WITH_ADDRESSES,
        ),
    )
    email: str = posted(
        EmailField(load_default=""),
        info=FieldInfo(
            N_("E-mail address of the party itself"),
            short_label=N_("E-mail address"),
            control=Control.EMAIL,
            column=ImportColumn(
                "party_email",
                N_("The party's e-mail"),
                beside=("party_phone", "email", "phone", "party"),
            ),
            erased=Erased.WITH_ADDRESSES,
        ),
    )
    counsel: Sequence[CounselIn] = posted(
        ListField(nested(CounselIn), least=0, most=50, load_default=list)
    )


@dataclass(frozen=True, kw_only=True)
class NumberedCase(Form):
    """The number of a case, which never changes."""

    number: str = posted(
        CaseNumber(200, blank=False, required=True, absent=N_("Enter the case number.")),
        info=FieldInfo(
            N_("Case number"),
            column=ImportColumn("number", N_("Case number"), is_number=True),
            is_stored=False,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class CaseDetails(Form):
    """The details of a case that can be changed after it is entered."""

    title: str = posted(
        TextField(500, load_default=""),
        info=FieldInfo(
            N_("Title"),
            hint=N_("Cause of action, or who against whom"),
            column=ImportColumn("title", N_("Title")),
            erased=Erased.WITH_NAMES,  # it is often made of them
        ),
    )
    judge: str = posted(
        TextField(200, blank=False, required=True, absent=N_("Enter the judge's name.")),
        info=FieldInfo(
            N_("Judge"),
            completed_from=Known.JUDGE,
            column=ImportColumn("judge", N_("Judge")),
            is_stored=False,
            is_logged=True,
        ),
    )
    bench: Sequence[BenchMember] = posted(
        BenchField(load_default=list),
        info=FieldInfo(
            N_("Others who sit or are needed"),
            short_label=N_("Bench"),
            hint=N_("Li Si, Wang Wu (assessor), Zhao Liu (interpreter)"),
            is_collapsed=True,
            column=ImportColumn("bench", N_("Bench"), beside=("judge",)),
            description="Who sits beside the judge of the case, and who else is needed",
            is_stored=False,
            is_logged=True,
        ),
    )
    procedure: str = posted(
        ChoiceField(PROCEDURES, load_default="ordinary"),
        info=FieldInfo(
            N_("Procedure"),
            choices=(
                ("ordinary", N_("ordinary procedure")),
                ("summary", N_("summary procedure")),
                ("small_claims", N_("small claims")),
                ("second_instance", N_("second instance")),
                ("other", N_("another procedure")),
            ),
            column=ImportColumn("procedure", N_("Procedure")),
            is_logged=True,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class CaseIn(CaseDetails, NumberedCase):
    """A case with its parties and their counsel. Fields of the last base class come first."""

    parties: Sequence[PartyIn] = posted(
        ListField(
            nested(PartyIn),
            least=1,
            most=200,
            too_few=N_("Add at least one party."),
            absent=N_("Add at least one party."),
            required=True,
        )
    )


def described(form: type[Form]) -> Mapping[str, FieldInfo]:
    """Return the described fields of a form, by name."""
    return info_of(form)


def stored_values(form: Form) -> dict[str, Any]:
    """Return the values that the model takes as they are, by column."""
    return {name: getattr(form, name) for name in stored_names(type(form))}  # type: ignore[arg-type]


@cache
def stored_names(form: type[Form]) -> tuple[str, ...]:
    """Return the fields of a form that the model takes as they are."""
    return tuple(name for name, info in described(form).items() if info.is_stored)


def import_columns(form: type[Form]) -> dict[str, ImportColumn]:
    """Return the columns of a file that hold the fields of a form, by field."""
    return {name: info.column for name, info in described(form).items() if info.column}


def erased_fields(form: type[Form], *, names: bool) -> list[str]:
    """Return the fields that are blanked with addresses, and with ``names`` those that name."""
    erased = {Erased.WITH_ADDRESSES, Erased.WITH_NAMES} if names else {Erased.WITH_ADDRESSES}
    return [name for name, info in described(form).items() if info.erased in erased]

"""Pure: what a case, a counsel or a courtroom must look like; page, API and imports agree."""

from typing import Any

from marshmallow import ValidationError, fields

from app.cases.rules import PROCEDURES
from app.core.characters import half_width_number, whole_number
from app.core.errors import N_, Message
from app.core.forms import (
    ChoiceField,
    DateField,
    EmailField,
    Input,
    ListField,
    TextField,
    WholeNumberField,
)

SIDES = ("claimant", "respondent", "other")
CHANNELS = ("sms", "email")
LANGUAGES = ("en", "zh")


class CaseNumber(TextField):
    """The number of a case, its digits and Latin letters half-width; its brackets as typed."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> str:
        return half_width_number(super()._deserialize(value, attr, data, **more))


class TravelField(WholeNumberField):
    """Minutes of one way to the court, 0 to 1440; nothing typed is nothing said."""

    def __init__(self, **more: Any) -> None:
        said: dict[str, Any] = {"invalid": N_("Give whole minutes.")}
        super().__init__(allow_none=True, load_default=None, error_messages=said, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        if isinstance(value, str):
            value = whole_number(value, 9)
        if value == "":
            return None
        minutes = super()._deserialize(value, attr, data, **more)
        if minutes is not None and not 0 <= minutes <= 1440:
            raise ValidationError([Message(N_("Give 0 to 1440 minutes."))])
        return minutes


class CounselIn(Input):
    """One counsel of a party."""

    name = TextField(200, blank=False, required=True)
    firm = TextField(200, load_default="")
    email = EmailField(load_default="")
    phone = TextField(100, load_default="")
    language = ChoiceField(("", *LANGUAGES), load_default="")
    zone = TextField(64, load_default="")
    travel_minutes = TravelField(metadata={"description": "One way to the court, from elsewhere"})
    channels = ListField(ChoiceField(CHANNELS), least=0, most=2, load_default=list)
    required = fields.Boolean(
        load_default=True, error_messages={"invalid": N_("Give true or false.")}
    )
    address_confirmed_on = DateField()
    electronic_consent_on = DateField()


class PartyIn(Input):
    """One party of a case; with an e-mail or phone of its own where it acts in person."""

    role = TextField(100, load_default="")
    name = TextField(200, blank=False, required=True)
    side = ChoiceField(SIDES, required=True)
    email = EmailField(load_default="")
    phone = TextField(100, load_default="")
    reference = TextField(100, load_default="")
    counsel = ListField(fields.Nested(CounselIn), least=0, most=50, load_default=list)


class CaseIn(Input):
    """A case with its parties and their counsel."""

    number = CaseNumber(200, blank=False, required=True)
    title = TextField(500, load_default="")
    procedure = ChoiceField(PROCEDURES, load_default="ordinary")
    judge = TextField(200, blank=False, required=True)
    parties = ListField(fields.Nested(PartyIn), least=1, most=200, required=True)

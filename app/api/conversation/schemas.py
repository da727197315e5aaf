"""Schemas of filings, dates of evidence, and the official messages to counsel."""

from marshmallow import Schema, fields

from app.api.schemas import Listed
from app.core.channels import UNPLANNED
from app.desk.contacts.forms import MessageForm
from app.papers.exchange.rules import LateDecision
from app.questions.filings.rules import FilingKind

_DAY = {"format": "date", "example": "2026-12-15"}
_MOMENT = {"format": "date-time", "example": "2026-12-15T09:30:00+08:00"}


class EvidenceDueOut(Schema):
    """The day by which evidence is due in a case."""

    case_id = fields.Integer()
    on = fields.String(
        allow_none=True, metadata={**_DAY, "description": "Null: the court has set none"}
    )


class NotedFilingOut(Schema):
    """Papers of a party that came in at the court, as somebody of the court noted it."""

    id = fields.Integer()
    case_id = fields.Integer()
    party_id = fields.Integer()
    party = fields.String()
    side = fields.String()
    kind = fields.String(metadata={"enum": list(FilingKind)})
    on = fields.String(metadata={**_DAY, "description": "When they came in"})
    note = fields.String()
    noted_at = fields.String(metadata=_MOMENT)


class NotedFilingsOut(Listed):
    """Filings noted by hand in a case, the newest first; none that was taken back."""

    noted_filings = fields.List(fields.Nested(NotedFilingOut))


class FiledOut(Schema):
    """A filing of counsel, as far as the court may know it whether or not it is sealed."""

    id = fields.Integer()
    case_id = fields.Integer()
    number = fields.Integer(metadata={"description": "Within the case"})
    side = fields.String()
    filed_at = fields.String(metadata=_MOMENT)
    papers = fields.Integer(metadata={"description": "How many"})
    exchange_id = fields.Integer(allow_none=True)
    sealed = fields.Boolean()
    late = fields.Boolean()
    decision = fields.String(metadata={"enum": ["", LateDecision.ADMITTED, LateDecision.REFUSED]})
    new = fields.Boolean(metadata={"description": "Nobody of the court has seen it yet"})


class FiledListOut(Listed):
    """New filings, the newest first."""

    filings = fields.List(fields.Nested(FiledOut))


class OfficialMessageOut(Schema):
    """The court's own words about a hearing to one counsel, without the key of their link."""

    case_id = fields.Integer()
    hearing_id = fields.Integer()
    counsel_id = fields.Integer()
    counsel = fields.String()
    kind = fields.String()
    language = fields.String()
    form = fields.String(metadata={"enum": list(MessageForm)})
    subject = fields.String()
    text = fields.String()
    channels = fields.List(
        fields.String(metadata={"enum": list(UNPLANNED)}),
        metadata={"description": "The ways by which it can be handed on"},
    )

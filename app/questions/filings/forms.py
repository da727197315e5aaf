"""Pure: forms of a filing noted by hand, and of the day by which evidence is due."""

import datetime as dt
from dataclasses import dataclass

from app.core.errors import N_
from app.core.forms import ChoiceField, DateField, Form, RowIdField, TextField, posted
from app.questions.filings.rules import MAX_NOTE, FilingKind


@dataclass(frozen=True, kw_only=True)
class FilingIn(Form):
    """Papers that came in at the court: from which party, of which kind, on which day."""

    party_id: int = posted(RowIdField(required=True, absent=N_("Choose who handed it in.")))
    kind: str = posted(
        ChoiceField(tuple(FilingKind), required=True, absent=N_("Choose what was handed in."))
    )
    on: dt.date | None = posted(DateField())
    note: str = posted(TextField(MAX_NOTE, load_default=""))


@dataclass(frozen=True, kw_only=True)
class EvidenceDueIn(Form):
    """The day by which evidence is due in a case; None where the court has set none."""

    on: dt.date | None = posted(DateField())

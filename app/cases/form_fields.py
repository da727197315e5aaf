"""Pure: the flat fields of a page's form as rows of texts, and rows as input of the forms."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.cases.forms import CaseDetails, CaseIn, CounselIn, PartyIn, described
from app.core.forms import Form

Texts = dict[str, str]
# What a row has without anybody typing.
PRESET = {"side", "role", "language", "channels", "required", "zone"}
_ROW = re.compile(r"parties\.(\d{1,3})\.(?:counsel\.(\d{1,3})\.)?([a-z_]+)")
_ACTION = re.compile(
    r"(add-party|drop-party|add-counsel|drop-counsel)(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?"
)


def on_page(form: type[Form]) -> list[str]:
    """Return the names of a form's fields that a page shows."""
    return [name for name, info in described(form).items() if info.on_page]


CASE, DETAILS, PARTY, COUNSEL = (
    tuple(on_page(form)) for form in (CaseIn, CaseDetails, PartyIn, CounselIn)
)


@dataclass
class PartyRow:
    """One party as it is typed, with a row for each of its counsel."""

    texts: Texts
    counsel: list[Texts] = field(default_factory=list)


@dataclass
class CaseRows:
    """A new case as it is typed."""

    texts: Texts
    parties: list[PartyRow] = field(default_factory=list)


def blank_counsel() -> Texts:
    """Return an empty row for a counsel, whose answer is required."""
    return {**dict.fromkeys(COUNSEL, ""), "required": "1"}


def blank_party(side: str = "other") -> PartyRow:
    """Return an empty row for a party, with one for its counsel."""
    return PartyRow({**dict.fromkeys(PARTY, ""), "side": side}, [blank_counsel()])


def blank_case() -> CaseRows:
    """Return the form of a new case: two sides, one counsel each."""
    sides = [blank_party("claimant"), blank_party("respondent")]
    return CaseRows({**dict.fromkeys(CASE, ""), "procedure": "ordinary"}, sides)


def parse_case(posted: Iterable[tuple[str, str]]) -> CaseRows:
    """Sort posted fields into rows; unknown fields are left out."""
    case = CaseRows(dict.fromkeys(CASE, ""))
    parties: dict[int, PartyRow] = {}
    counsel: dict[tuple[int, int], Texts] = {}
    for name, value in posted:
        if name in CASE:
            case.texts[name] = value
        row = _ROW.fullmatch(name)
        if row is None:
            continue
        p, c, column = int(row[1]), row[2], row[3]
        party = parties.setdefault(p, PartyRow(dict.fromkeys(PARTY, "")))
        if c is None and column in PARTY:
            party.texts[column] = value
        elif c is not None and column in COUNSEL:
            counsel.setdefault((p, int(c)), dict.fromkeys(COUNSEL, ""))[column] = value
    for (p, _), texts in sorted(counsel.items()):
        parties[p].counsel.append(texts)
    case.parties = [party for _, party in sorted(parties.items())]
    return case


def apply_action(case: CaseRows, action: str) -> CaseRows:
    """Apply a button of the form: add or drop a party or a counsel."""
    match = _ACTION.fullmatch(action)
    if match is None:
        return case
    parties = case.parties
    p, c = (int(each) if each else 0 for each in (match[2], match[3]))
    if match[1] == "add-party":
        parties.append(blank_party())
    elif match[1] == "drop-party":
        del parties[p : p + 1]
    elif p < len(parties) and match[1] == "add-counsel":
        parties[p].counsel.append(blank_counsel())
    elif p < len(parties):
        del parties[p].counsel[c : c + 1]
    return case


def drop_empty_rows(case: CaseRows) -> CaseRows:
    """Leave out rows in which nothing was typed."""
    for party in case.parties:
        party.counsel = [each for each in party.counsel if _is_filled(each)]
    case.parties = [each for each in case.parties if each.counsel or _is_filled(each.texts)]
    return case


def _is_filled(texts: Texts) -> bool:
    return any(text.strip() for name, text in texts.items() if name not in PRESET)


def pad_with_rows(case: CaseRows) -> CaseRows:
    """Add empty rows to type in again, after those that errors name."""
    for side in ("claimant", "respondent")[len(case.parties) :]:
        case.parties.append(blank_party(side))
    for party in case.parties:
        if not (party.counsel or party.texts["phone"].strip() or party.texts["email"].strip()):
            party.counsel.append(blank_counsel())
    return case


def case_input(case: CaseRows) -> dict[str, object]:
    """Return rows as input of ``forms.CaseIn``."""
    parties = [
        {**party.texts, "counsel": [counsel_input(each) for each in party.counsel]}
        for party in case.parties
    ]
    return {**case.texts, "parties": parties}


def counsel_input(texts: Mapping[str, str]) -> dict[str, object]:
    """Return a counsel's row as input of ``forms.CounselIn``; channels are typed "sms,email"."""
    channels = [each for each in texts["channels"].split(",") if each]
    return {**texts, "channels": channels, "required": texts["required"] == "1"}


def as_text(value: object) -> str:
    """Return a stored value as the text of a form field."""
    match value:
        case bool():
            return "1" if value else "0"
        case dt.date():
            return value.isoformat()
        case list():
            return ",".join(value)
    return str(value or "")

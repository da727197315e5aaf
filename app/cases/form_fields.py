"""Pure: from the flat fields of a page's form to a case, its parties and counsel, and back."""

import re
from collections.abc import Iterable
from typing import Any

CASE = ("number", "title", "procedure", "judge")
PARTY = ("role", "name", "side", "email", "phone")
COUNSEL = (
    "name",
    "firm",
    "email",
    "phone",
    "language",
    "zone",
    "travel_minutes",
    "channels",
    "required",
    "address_confirmed_on",
    "electronic_consent_on",
)
SIDES = ("claimant", "respondent", "other")
# What a row has without anybody typing.
GIVEN_ALONE = {"side", "role", "language", "channels", "required", "zone"}
_ROW = re.compile(r"parties\.(\d{1,3})\.(?:counsel\.(\d{1,3})\.)?([a-z_]+)")
_ACT = re.compile(
    r"(add-party|drop-party|add-counsel|drop-counsel)(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?"
)


def blank_counsel() -> dict[str, str]:
    """Return an empty row for a counsel, whose answer is required."""
    return {**dict.fromkeys(COUNSEL, ""), "required": "1"}


def blank_party(side: str = "other") -> dict[str, Any]:
    """Return an empty row for a party, with one for its counsel."""
    return {**dict.fromkeys(PARTY, ""), "side": side, "counsel": [blank_counsel()]}


def blank() -> dict[str, Any]:
    """Return the form of a new case: two sides, one counsel each."""
    sides = [blank_party("claimant"), blank_party("respondent")]
    return {**dict.fromkeys(CASE, ""), "procedure": "ordinary", "parties": sides}


def typed(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return what was typed, in rows; fields that no row has are left out."""
    flat = list(fields)
    made: dict[str, Any] = dict.fromkeys(CASE, "")
    made |= {name: value for name, value in flat if name in CASE}
    parties: dict[int, dict[str, Any]] = {}
    counsel: dict[tuple[int, int], dict[str, Any]] = {}
    for name, value in flat:
        row = _ROW.fullmatch(name)
        if row is None:
            continue
        p, c, field = int(row[1]), row[2], row[3]
        party = parties.setdefault(p, dict.fromkeys(PARTY, ""))
        if c is None and field in PARTY:
            party[field] = value
        elif c is not None and field in COUNSEL:
            counsel.setdefault((p, int(c)), dict.fromkeys(COUNSEL, ""))[field] = value
    for p, party in parties.items():
        party["counsel"] = [each for (of, _), each in sorted(counsel.items()) if of == p]
    return made | {"parties": [party for _, party in sorted(parties.items())]}


def act(made: dict[str, Any], what: str) -> dict[str, Any]:
    """Do what a button of the form says: add or drop a party or a counsel."""
    found = _ACT.fullmatch(what)
    if found is None:
        return made
    parties = made["parties"]
    p, c = (int(each) if each else 0 for each in (found[2], found[3]))
    if found[1] == "add-party":
        parties.append(blank_party())
    elif found[1] == "drop-party":
        del parties[p : p + 1]
    elif p < len(parties) and found[1] == "add-counsel":
        parties[p]["counsel"].append(blank_counsel())
    elif p < len(parties):
        del parties[p]["counsel"][c : c + 1]
    return made


def pruned(made: dict[str, Any]) -> dict[str, Any]:
    """Leave out rows in which nothing was typed."""
    for party in made["parties"]:
        party["counsel"] = [each for each in party["counsel"] if _said(each)]
    made["parties"] = [each for each in made["parties"] if each["counsel"] or _said(each)]
    return made


def _said(row: dict[str, Any]) -> bool:
    return any(
        str(value).strip()
        for name, value in row.items()
        if name not in GIVEN_ALONE and name != "counsel"
    )


def with_rows(made: dict[str, Any]) -> dict[str, Any]:
    """Give back somewhere to type where empty rows were left out, after those that errors name."""
    for side in ("claimant", "respondent")[len(made["parties"]) :]:
        made["parties"].append(blank_party(side))
    for party in made["parties"]:
        if not (party["counsel"] or party["phone"].strip() or party["email"].strip()):
            party["counsel"].append(blank_counsel())
    return made


def as_input(made: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed as forms.CaseIn takes it."""
    parties = [
        {**party, "counsel": [counsel_input(each) for each in party["counsel"]]}
        for party in made["parties"]
    ]
    return {**made, "parties": parties}


def counsel_input(row: dict[str, str]) -> dict[str, Any]:
    """Return a counsel's row as forms.CounselIn takes it; channels are typed "sms,email"."""
    channels = [each for each in row["channels"].split(",") if each]
    return {**row, "channels": channels, "required": row["required"] == "1"}

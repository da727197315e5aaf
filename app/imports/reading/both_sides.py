"""Pure: wide layouts, in which one row names both sides, each with its counsel.

Headers such as ``原告代理人电话`` and ``Defendant's counsel (phone)`` are split into words: a side,
whether it is about counsel, and the field.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.characters import comparison_key
from app.core.errors import N_, Message

# Fields of a party and its counsel (see rules.FIELDS).
OF_A_PARTY = ("party", "party_email", "party_phone", "counsel", "firm", "email", "phone")
SIDES = ("claimant", "respondent", "other")
LISTS = ("party", "reference", "party_email", "party_phone", "counsel", "firm", "email", "phone")
_SIDE_WORDS = {
    "claimant": "原告 上诉人 申请人 申诉人 起诉人 申请执行人 再审申请人 声请人 原审原告 反诉被告 "
    "本诉原告 原告方 原告人 claimant claimants plaintiff plaintiffs applicant applicants appellant "
    "appellants petitioner petitioners pursuer complainant",
    "respondent": "被告 被上诉人 被申请人 被申诉人 被起诉人 被执行人 再审被申请人 相对人 原审被告 "
    "反诉原告 本诉被告 被告方 被告人 respondent respondents defendant defendants appellee "
    "appellees defender",
    "other": "第三人 原审第三人 thirdparty thirdparties intervener intervenor",
}
_COUNSEL = (
    "委托诉讼代理人 诉讼代理人 委托代理人 法定代理人 代理人 代理律师 委托律师 辩护人 律师 counsel "
    "counsels lawyer lawyers attorney attorneys solicitor solicitors barrister advocate "
    "representative representatives rep agent"
)
_FIELD_WORDS = {
    "name": "姓名 名称 名字 当事人 name names party parties fullname",
    "firm": "律所 律师事务所 所在律所 代理律所 代理机构 执业机构 工作单位 单位 事务所 firm lawfirm "
    "office chambers",
    "email": "邮箱 电子邮箱 电子邮件 邮件 邮箱地址 邮件地址 email emails mail emailaddress "
    "mailaddress",
    "phone": "电话 手机 手机号 手机号码 电话号码 联系电话 联络电话 连络电话 行动电话 "
    "联系方式 号码 移动电话 phone phones "
    "telephone tel mobile cell cellphone phonenumber telephonenumber mobilenumber phoneno telno "
    "mobileno contact",
}
_FILLERS = "的 之 方 及其 其 各方 s for of the and"


def _vocabulary() -> list[tuple[str, str, str]]:
    words = [
        (w, "side", side) for side, spellings in _SIDE_WORDS.items() for w in spellings.split()
    ]
    words += [(w, "counsel", "counsel") for w in _COUNSEL.split()]
    words += [
        (w, "field", name) for name, spellings in _FIELD_WORDS.items() for w in spellings.split()
    ]
    words += [(w, "filler", "") for w in _FILLERS.split()]
    return sorted(words, key=lambda each: -len(each[0]))


_WORDS = _vocabulary()
# Traditional to simplified, for the characters that occur in headers.
_TO_SIMPLIFIED = str.maketrans(
    "號審當訴訟電話郵時間開辯護師務聯絡機稱數長類對請聲執復單業辦員編適認確達語鐘鍾預計證碼動構"
    "點題調議會換簡額繫係連書記週後種據場廳參與雙訊級負責繋處備註關方",
    "号审当诉讼电话邮时间开辩护师务联络机称数长类对请声执复单业办员编适认确达语钟钟预计证码动构"
    "点题调议会换简额系系连书记周后种据场厅参与双讯级负责系处备注关方",
)
_PUNCTUATION = re.compile(r"[\s_\-:.*'’`()\[\]【】/&+]+")
_NUMBER = re.compile(r"\d{1,2}|[一二三四五六七八九十](?!方)")
_HAN_DIGITS = {c: str(n) for n, c in enumerate("一二三四五六七八九", start=1)} | {"十": "10"}
_LONGEST = 80  # characters of a header that are considered

HeaderWord = tuple[str, str, str]


@dataclass(frozen=True)
class PartyColumn:
    """Party and field that a header names: ``被告2代理人`` is counsel of (respondent, 2)."""

    side: str
    number: str
    field: str
    role: str = ""

    @property
    def key(self) -> str:
        """Key of the field within a row: ``respondent.2.counsel``."""
        return ".".join(filter(None, (self.side, self.number, self.field)))

    @property
    def party(self) -> tuple[str, str, str]:
        """Side, role word and number of the party."""
        return self.side, self.role, self.number


def simplified(text: str) -> str:
    """Convert a header, or a day and time, to simplified characters."""
    return text.translate(_TO_SIMPLIFIED)


def parse_key(key: str) -> PartyColumn | None:
    """Parse a ``PartyColumn.key``; None for any other text."""
    side, _, rest = key.partition(".")
    number, _, name = rest.rpartition(".")
    if side not in SIDES or name not in OF_A_PARTY or not re.fullmatch(r"(\d{1,2})?", number):
        return None
    return PartyColumn(side, number, name)


def read_header(header: str) -> PartyColumn | None:
    """Parse a header into party and field; None if any part of it is unknown.

    ``side`` is "" if the header names a field only, as ``联系电话``.
    """
    text = simplified(comparison_key(header[:_LONGEST]))
    words = _split_words("".join(_PUNCTUATION.split(text)))
    if not words:
        return None
    sides = {value for _, what, value in words if what == "side"}
    names = {value for _, what, value in words if what == "field"} - {"name"}
    numbers = [value for _, what, value in words if what == "number"]
    has_field = any(what == "field" for _, what, _ in words)
    counsel = any(what == "counsel" for _, what, _ in words)
    if len(sides) > 1 or len(names) > 1 or len(numbers) > 1 or not (sides or counsel or has_field):
        return None
    name = names.pop() if names else ""
    number = numbers[0] if numbers and numbers[0] != "1" else ""
    role = next((word for word, what, _ in words if what == "side"), "")
    return PartyColumn(
        sides.pop() if sides else "", number, _field(name, counsel=counsel), _role(role)
    )


def _split_words(text: str) -> list[HeaderWord] | None:
    """Split a header into known words, preferring long ones; None if that is not possible."""
    if not text:
        return []
    for word, what, means in _WORDS:
        if text.startswith(word) and (rest := _split_words(text[len(word) :])) is not None:
            return [(word, what, means), *rest]
    if count := _NUMBER.match(text):
        number = _HAN_DIGITS.get(count[0], count[0].lstrip("0"))
        if (rest := _split_words(text[count.end() :])) is not None:
            return [(count[0], "number", number), *rest]
    return None


def _field(name: str, *, counsel: bool) -> str:
    if not name:
        return "counsel" if counsel else "party"
    if name == "firm":
        return "firm"
    return name if counsel else f"party_{name}"


def _role(word: str) -> str:
    """Return the role word in the singular, as a court writes it."""
    if not word.isascii():
        return word.removesuffix("方")
    return {"thirdparty": "Third party", "thirdparties": "Third party"}.get(
        word, word.removesuffix("s").capitalize()
    )


@dataclass(frozen=True)
class WideLayout:
    """Party columns by index, and indices of columns whose side is unclear."""

    columns: Mapping[int, PartyColumn]
    unclear: Sequence[int] = ()


def parties_of(headers: Sequence[str]) -> WideLayout:
    """Detect the wide layout of a file; no columns if no header names a side.

    A header without a side (``电话``) belongs to the side before it, if every side has such a
    column or there is only one side. A side's telephone and e-mail belong to its counsel if there
    is a column for counsel but none for their addresses.
    """
    parsed = [read_header(header) for header in headers]
    parsed = _with_single_role(parsed)
    columns = {n: of for n, of in enumerate(parsed) if of and of.side}
    parties = {of.party for of in columns.values() if of.field == "party"}
    if not parties or any(of and not of.side and of.field == "party" for of in parsed):
        return WideLayout({})
    # Only columns that name the party decide its role: 原告, not 上诉人代理人.
    header_keys = [re.sub(r"\s", "", header).casefold() for header in headers]
    unclear, previous, assigned = [], None, set()
    for n, of in enumerate(parsed):
        if of is None:
            continue
        if of.side:
            previous = of
        elif previous is None or (len(parties) > 1 and header_keys.count(header_keys[n]) < 2):
            unclear.append(n)
            continue
        else:
            name = of.field
            if (*previous.party, "counsel") in assigned:
                name = name.removeprefix("party_")
            columns[n] = PartyColumn(previous.side, previous.number, name, previous.role)
        assigned.add((*columns[n].party, columns[n].field))
    return WideLayout(_with_addresses(columns), unclear)


def _with_single_role(parsed: Sequence[PartyColumn | None]) -> list[PartyColumn | None]:
    """Give each party a single role: 原告/上诉人 and 上诉人代理人 are the same party.

    A second party of a side (原告 and 反诉被告, each with its own column) gets a number.
    """
    roles: dict[tuple[str, str], list[str]] = {}
    for of in parsed:
        if of and of.field == "party" and of.role not in roles.setdefault((of.side, of.number), []):
            roles[of.side, of.number].append(of.role)
    result: list[PartyColumn | None] = []
    for of in parsed:
        known_roles = roles.get((of.side, of.number), []) if of else []
        if of and of.side and len(known_roles) == 1:
            result.append(PartyColumn(of.side, of.number, of.field, known_roles[0]))
        elif of and of.side and of.role in known_roles[1:]:
            result.append(
                PartyColumn(of.side, str(20 + known_roles.index(of.role)), of.field, of.role)
            )
        else:
            result.append(of)
    return result


def _with_addresses(columns: Mapping[int, PartyColumn]) -> dict[int, PartyColumn]:
    """Assign a side's addresses to its counsel if there are no columns for counsel's addresses."""
    result = dict(columns)
    for party in {of.party for of in columns.values()}:
        fields = {of.field for of in columns.values() if of.party == party}
        if "counsel" in fields and not {"phone", "email"} & fields:
            result |= {
                n: PartyColumn(of.side, of.number, of.field.removeprefix("party_"), of.role)
                for n, of in columns.items()
                if of.party == party and of.field in ("party_phone", "party_email")
            }
    return result


def join_header_rows(above: Sequence[str], below: Sequence[str]) -> list[str] | None:
    """Join a two-row header, sides above fields; None if it is not such a header.

    ``原告 | | 被告 |`` over ``姓名 | 电话 | 姓名 | 电话``: a side spans the columns up to the next.
    """
    width = max(len(above), len(below))
    top_cells, low_cells = ([*each, *[""] * (width - len(each))] for each in (above, below))
    headers, side, sides = [], "", 0
    for first, second in zip(top_cells, low_cells, strict=True):
        if first.strip():
            of = read_header(first)
            side = first if of and of.side and of.field == "party" else ""
        if side and second.strip() and second.strip() != first.strip():
            joined = f"{side.strip()}{'' if not side.isascii() else ' '}{second.strip()}"
            if read_header(joined) is None:
                return None
            sides += 1
            headers.append(joined)
        elif second.strip() and second.strip() != first.strip():
            return None  # a value below another header: a data row
        else:
            headers.append(first)
    return headers if sides > 1 else None


NOBODY = frozenset(
    ["无", "暂无", "没有", "未委托", "/", "\\", "-", "--", "—", "——", "–", "none", "nil", "n/a"]
)
_SEPARATOR, _WEAK_SEPARATOR = re.compile(r"[、;；]"), re.compile(r"[\n,，/]")
_ANY_SEPARATOR = re.compile(r"[、;；\n,，/]")


def spread(row: Mapping[str, str]) -> list[dict[str, str]] | tuple[str, Message]:
    """Split a row whose cells name several parties or counsel into one row per person.

    Parties, or counsel, are separated by ``、`` or ``;``, with as many telephone numbers, addresses
    and firms in the same order (one firm may apply to all). Two parties with two counsel have one
    each; two parties with one counsel share them. If the numbers do not match, returns the field
    and the error.
    """
    cells = {
        name: "" if row[name] and row[name].strip().casefold() in NOBODY else row[name]
        for name in LISTS
    }
    if not _ANY_SEPARATOR.search(cells["party"]) and not _ANY_SEPARATOR.search(cells["counsel"]):
        return [{**row, **cells}]  # one of each at most
    parts_by_field = {name: _split(text, _SEPARATOR) for name, text in cells.items()}
    # A line break or comma separates only if other cells have as many parts.
    for name_field, address_fields in (
        ("counsel", ("phone", "email")),
        ("party", ("party_phone", "party_email")),
    ):
        if len(parts_by_field[name_field]) == 1:
            parts = _split(cells[name_field], _WEAK_SEPARATOR)
            if any(
                len(parts) > 1 and len(parts) == _part_count(cells[name]) for name in address_fields
            ):
                parts_by_field[name_field] = parts
    party_count, counsel_count = len(parts_by_field["party"]), len(parts_by_field["counsel"])
    if party_count <= 1 and counsel_count <= 1:
        return [{**row, **cells}]
    if party_count > 1 and counsel_count > 1 and party_count != counsel_count:
        message = N_("There are %(count)s counsel for %(other)s parties: give each party a row.")
        return "counsel", Message(message, count=counsel_count, other=party_count)
    for name in LISTS:
        if name not in ("party", "counsel") and isinstance(
            error := _fit_list(name, cells[name], parts_by_field, party_count, counsel_count),
            Message,
        ):
            return name, error
    people = []
    for n in range(max(party_count, counsel_count)):
        person = {name: _nth(parts_by_field[name], n, cells[name]) for name in LISTS}
        people.append({**row, **person})
    return people


def _split(text: str, separator: re.Pattern[str]) -> list[str]:
    parts = [" ".join(part.split()) for part in separator.split(text)]
    parts = ["" if part.casefold() in NOBODY else part for part in parts]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


def _part_count(text: str) -> int:
    return max(len(_split(text, _SEPARATOR)), len(_split(text, _WEAK_SEPARATOR)))


def _fit_list(
    name: str, text: str, parts_by_field: dict[str, list[str]], party_count: int, counsel_count: int
) -> Message | None:
    """Make a list as long as that of its people, or return the error."""
    of_party = name in ("reference", "party_email", "party_phone")
    # Without counsel the plain columns hold the parties' own addresses.
    expected = party_count if of_party or not any(parts_by_field["counsel"]) else counsel_count
    parts = parts_by_field[name]
    if len(parts) != expected and len(alternative := _split(text, _WEAK_SEPARATOR)) == expected:
        parts = parts_by_field[name] = alternative
    if len(parts) == expected or not text.strip() or (name == "firm" and len(parts) == 1):
        return None
    message = N_("Here are %(count)s for %(wanted)s people: give as many, or each a row.")
    return Message(message, count=len(parts), wanted=expected)


def _nth(parts: Sequence[str], n: int, shared: str) -> str:
    return shared if len(parts) == 1 else parts[n]

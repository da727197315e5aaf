"""Pure: lists of courts in which one row names both sides, each with its counsel.

``原告代理人电话`` and ``Defendant's counsel (phone)`` are read word by word: a side, whether
counsel is meant, and which of their particulars.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.errors import N_, Message

# What can be said of a party and its counsel; each is a field of a row (see rules.FIELDS).
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
    words = [(w, "side", side) for side, some in _SIDE_WORDS.items() for w in some.split()]
    words += [(w, "counsel", "counsel") for w in _COUNSEL.split()]
    words += [(w, "field", name) for name, some in _FIELD_WORDS.items() for w in some.split()]
    words += [(w, "filler", "") for w in _FILLERS.split()]
    return sorted(words, key=lambda each: -len(each[0]))


_WORDS = _vocabulary()
# Characters of headers as Taiwan and Hong Kong write them, and the mainland.
_SIMPLE = str.maketrans(
    "號審當訴訟電話郵時間開辯護師務聯絡機稱數長類對請聲執復單業辦員編適認確達語鐘鍾預計證碼動構"
    "點題調議會換簡額繫係連書記週後種據場廳參與雙訊級負責繋處備註關方",
    "号审当诉讼电话邮时间开辩护师务联络机称数长类对请声执复单业办员编适认确达语钟钟预计证码动构"
    "点题调议会换简额系系连书记周后种据场厅参与双讯级负责系处备注关方",
)
_BETWEEN = re.compile(r"[\s_\-:.*'’`()\[\]【】/&+]+")
_COUNTED = re.compile(r"\d{1,2}|[一二三四五六七八九十](?!方)")
_HAN = {c: str(n) for n, c in enumerate("一二三四五六七八九", start=1)} | {"十": "10"}
_LONGEST = 80  # characters of a header that is looked at

Word = tuple[str, str, str]


@dataclass(frozen=True)
class Of:
    """The party that a header is about, and the field of it: ``被告2代理人`` is (respondent, 2)."""

    side: str
    number: str
    field: str
    role: str = ""

    @property
    def key(self) -> str:
        """The name of this field among a row's: ``respondent.2.counsel``."""
        return ".".join(filter(None, (self.side, self.number, self.field)))

    @property
    def party(self) -> tuple[str, str, str]:
        """The party that is meant: its side, the word for it, and its number."""
        return self.side, self.role, self.number


def simplified(text: str) -> str:
    """Return a header, or a day and time, in simplified characters."""
    return text.translate(_SIMPLE)


def of_key(key: str) -> Of | None:
    """Return what a key of ``Of.key`` stands for; None for any other text."""
    side, _, rest = key.partition(".")
    number, _, name = rest.rpartition(".")
    if side not in SIDES or name not in OF_A_PARTY or not re.fullmatch(r"(\d{1,2})?", number):
        return None
    return Of(side, number, name)


def read_header(header: str) -> Of | None:
    """Return which party's field a header names; None where any part of it is not understood.

    Without a side the header names a field only: ``联系电话`` is ``Of("", "", "party_phone")``.
    """
    text = simplified(unicodedata.normalize("NFKC", header[:_LONGEST]).casefold())
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    words = _words("".join(_BETWEEN.split(text)))
    if not words:
        return None
    sides = {means for _, what, means in words if what == "side"}
    names = {means for _, what, means in words if what == "field"} - {"name"}
    numbers = [means for _, what, means in words if what == "number"]
    named = any(what == "field" for _, what, _ in words)
    counsel = any(what == "counsel" for _, what, _ in words)
    if len(sides) > 1 or len(names) > 1 or len(numbers) > 1 or not (sides or counsel or named):
        return None
    name = names.pop() if names else ""
    number = numbers[0] if numbers and numbers[0] != "1" else ""
    role = next((word for word, what, _ in words if what == "side"), "")
    return Of(sides.pop() if sides else "", number, _field(name, counsel=counsel), _role(role))


def _words(text: str) -> list[Word] | None:
    """Return the words of which a header is made up, the longest first; None if of others too."""
    if not text:
        return []
    for word, what, means in _WORDS:
        if text.startswith(word) and (rest := _words(text[len(word) :])) is not None:
            return [(word, what, means), *rest]
    if count := _COUNTED.match(text):
        number = _HAN.get(count[0], count[0].lstrip("0"))
        if (rest := _words(text[count.end() :])) is not None:
            return [(count[0], "number", number), *rest]
    return None


def _field(name: str, *, counsel: bool) -> str:
    if not name:
        return "counsel" if counsel else "party"
    if name == "firm":
        return "firm"
    return name if counsel else f"party_{name}"


def _role(word: str) -> str:
    """Return the word for a side as a court writes it: one person's."""
    if not word.isascii():
        return word.removesuffix("方")
    return {"thirdparty": "Third party", "thirdparties": "Third party"}.get(
        word, word.removesuffix("s").capitalize()
    )


@dataclass(frozen=True)
class WideLayout:
    """What the columns of a file say of each side, and columns that do not say of which."""

    columns: Mapping[int, Of]
    unclear: Sequence[int] = ()


def parties_of(headers: Sequence[str]) -> WideLayout:
    """Return by column what a file says of each side; nothing where no column is a side's.

    A column that names no side (``电话``) belongs to the side before it, where each side has one
    like it or there is only one. A side's telephone and mail are those of its counsel where it has
    a column for counsel and none for their own.
    """
    read = [read_header(header) for header in headers]
    read = _one_role(read)
    found = {n: of for n, of in enumerate(read) if of and of.side}
    parties = {of.party for of in found.values() if of.field == "party"}
    if not parties or any(of and not of.side and of.field == "party" for of in read):
        return WideLayout({})
    # Columns of a side say which role only where they name the party: 原告, but 上诉人代理人.
    keys = [re.sub(r"\s", "", header).casefold() for header in headers]
    unclear, before, seen = [], None, set()
    for n, of in enumerate(read):
        if of is None:
            continue
        if of.side:
            before = of
        elif before is None or (len(parties) > 1 and keys.count(keys[n]) < 2):
            unclear.append(n)
            continue
        else:
            name = of.field
            if (*before.party, "counsel") in seen:
                name = name.removeprefix("party_")
            found[n] = Of(before.side, before.number, name, before.role)
        seen.add((*found[n].party, found[n].field))
    return WideLayout(_with_addresses(found), unclear)


def _one_role(read: Sequence[Of | None]) -> list[Of | None]:
    """Let each party have one role: 原告/上诉人 and 上诉人代理人 are about one.

    A second party of the same side (原告 and 反诉被告, each with a column) gets a number.
    """
    roles: dict[tuple[str, str], list[str]] = {}
    for of in read:
        if of and of.field == "party" and of.role not in roles.setdefault((of.side, of.number), []):
            roles[of.side, of.number].append(of.role)
    made: list[Of | None] = []
    for of in read:
        known = roles.get((of.side, of.number), []) if of else []
        if of and of.side and len(known) == 1:
            made.append(Of(of.side, of.number, of.field, known[0]))
        elif of and of.side and of.role in known[1:]:
            made.append(Of(of.side, str(20 + known.index(of.role)), of.field, of.role))
        else:
            made.append(of)
    return made


def _with_addresses(found: Mapping[int, Of]) -> dict[int, Of]:
    """Give the addresses of a side to its counsel where counsel has no column for theirs."""
    made = dict(found)
    for party in {of.party for of in found.values()}:
        own = {of.field for of in found.values() if of.party == party}
        if "counsel" in own and not {"phone", "email"} & own:
            made |= {
                n: Of(of.side, of.number, of.field.removeprefix("party_"), of.role)
                for n, of in found.items()
                if of.party == party and of.field in ("party_phone", "party_email")
            }
    return made


def two_lines(above: Sequence[str], below: Sequence[str]) -> list[str] | None:
    """Return one header of two lines: a side above, its particulars below; None if it is not so.

    ``原告 | | 被告 |`` over ``姓名 | 电话 | 姓名 | 电话``: a side is above all up to the next.
    """
    width = max(len(above), len(below))
    top, low = ([*each, *[""] * (width - len(each))] for each in (above, below))
    made, side, sides = [], "", 0
    for first, second in zip(top, low, strict=True):
        if first.strip():
            of = read_header(first)
            side = first if of and of.side and of.field == "party" else ""
        if side and second.strip() and second.strip() != first.strip():
            joined = f"{side.strip()}{'' if not side.isascii() else ' '}{second.strip()}"
            if read_header(joined) is None:
                return None
            sides += 1
            made.append(joined)
        elif second.strip() and second.strip() != first.strip():
            return None  # below another header stands a value: this is a row
        else:
            made.append(first)
    return made if sides > 1 else None


NOBODY = frozenset(
    ["无", "暂无", "没有", "未委托", "/", "\\", "-", "--", "—", "——", "–", "none", "nil", "n/a"]
)
_ALWAYS, _PERHAPS = re.compile(r"[、;；]"), re.compile(r"[\n,，/]")


def spread(said: Mapping[str, str]) -> list[dict[str, str]] | tuple[str, Message]:
    """Return what a row says of each party and counsel, where a cell names several.

    Parties, or counsel, stand behind one another with ``、`` or ``;``, and as many telephone
    numbers, addresses and firms in the same order (one firm may be everybody's). Two parties with
    two counsel have one each; two parties with one counsel have that one. Where the numbers do not
    fit, returns the field and what is wrong.
    """
    given = {name: "" if said[name].strip().casefold() in NOBODY else said[name] for name in LISTS}
    lists = {name: _split(text, _ALWAYS) for name, text in given.items()}
    # A line break or a comma parts a cell only where others have as many parts.
    for own, others in (("counsel", ("phone", "email")), ("party", ("party_phone", "party_email"))):
        if len(lists[own]) == 1:
            parts = _split(given[own], _PERHAPS)
            if any(len(parts) > 1 and len(parts) == _parts(given[name]) for name in others):
                lists[own] = parts
    parties, counsel = len(lists["party"]), len(lists["counsel"])
    if parties <= 1 and counsel <= 1:
        return [{**said, **given}]
    if parties > 1 and counsel > 1 and parties != counsel:
        words = N_("There are %(count)s counsel for %(other)s parties: give each party a row.")
        return "counsel", Message(words, count=counsel, other=parties)
    for name in LISTS:
        if name not in ("party", "counsel") and isinstance(
            whole := _equal(name, given[name], lists, parties, counsel), Message
        ):
            return name, whole
    people = []
    for n in range(max(parties, counsel)):
        each = {name: _nth(lists[name], n, given[name]) for name in LISTS}
        people.append({**said, **each})
    return people


def _split(text: str, by: re.Pattern[str]) -> list[str]:
    parts = [" ".join(each.split()) for each in by.split(text)]
    parts = ["" if each.casefold() in NOBODY else each for each in parts]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


def _parts(text: str) -> int:
    return max(len(_split(text, _ALWAYS)), len(_split(text, _PERHAPS)))


def _equal(
    name: str, text: str, lists: dict[str, list[str]], parties: int, counsel: int
) -> Message | None:
    """Fit a list to those whom it is about, or say how many are there and how many are wanted."""
    of_party = name in ("reference", "party_email", "party_phone")
    # Without counsel, the plain columns hold the addresses of the parties themselves.
    wanted = parties if of_party or not any(lists["counsel"]) else counsel
    parts = lists[name]
    if len(parts) != wanted and len(more := _split(text, _PERHAPS)) == wanted:
        parts = lists[name] = more
    if len(parts) == wanted or not text.strip() or (name == "firm" and len(parts) == 1):
        return None
    words = N_("Here are %(count)s for %(wanted)s people: give as many, or each a row.")
    return Message(words, count=len(parts), wanted=wanted)


def _nth(parts: Sequence[str], n: int, whole: str) -> str:
    return whole if len(parts) == 1 else parts[n]

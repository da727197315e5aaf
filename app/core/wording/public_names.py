"""Pure: how people are named on a list that anybody may read, by the court's rule."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import StrEnum

# What only a company, an office or another body is called at the end, or anywhere, of its name.
_BODY_HAN = re.compile(
    r".{2,}(公司|企业|集团|工厂|商店|酒店|银行|保险|基金|基金会|协会|学会|委员会|合作社|事务所|中心|大学|学校"
    r"|中学|小学|医院|法院|检察院|研究院|政府|分局|管理局|派出所|支行|分行|分公司|经营部|门市部|服务部|服务站|超市|农场)[）)]?"
)
# A shop, a works, an office by one character: a person of four has a double family name.
_SHOP_HAN = re.compile(r".{3,}[店厂行社馆坊庄铺所站会]")
_BODY_LATIN = re.compile(
    r"\b(ltd|limited|inc|incorporated|llc|llp|plc|corp|corporation|company|co|gmbh|ag|sa|bv|nv|pty"
    r"|bank|university|college|council|trust|foundation|association|society|partners|group"
    r"|holdings|ministry|department|authority|city|county|state|estate)\b",
    re.IGNORECASE,
)
# Two characters that are one family name.
_DOUBLE = re.compile(
    r"欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|司徒|夏侯|端木|百里|南宫|独孤"
)


class NameRule(StrEnum):
    """How names appear on the public list: whole, shortened for people, or not at all."""

    FULL = "full"
    SHORT = "short"
    NUMBER = "number"


def public_name(name: str, rule: str) -> str:
    """Return a party's name as the public list shows it: ``""`` where only numbers are shown.

    Companies and offices keep their names. What does not look like one is taken for a person:
    ``王小明`` is ``王某``, ``Zhao Lei`` is ``Z. L.``
    """
    if rule == NameRule.NUMBER:
        return ""
    if rule == NameRule.FULL or _is_body(name):
        return name
    if any(_is_han(c) for c in name):
        double = _DOUBLE.match(name)
        return f"{double.group() if double else name[0]}某"
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalnum()) or "–"


# What is left between the parties of a title, and what a cause of action ends with.
_BETWEEN = re.compile(
    r"[\s、，,.。&与诉和及因等的—–-]+|\b(v|vs|and|versus|in re)\b\.?", re.IGNORECASE
)
_AGAINST = re.compile(r"[与诉和及]|\b(?:v|vs|and|versus)\b", re.IGNORECASE)
_CAUSE = re.compile(r"[^与诉、\s]{1,30}(纠纷|之诉|罪|案件|案)")


def public_title(title: str, parties: Sequence[str], rule: str) -> str:
    """Return a case's title as somebody may read it who is not to learn who the parties are.

    By the rule ``full`` it is whole; otherwise the cause of action alone, ``买卖合同纠纷`` of
    ``王小明与甲公司买卖合同纠纷``, and "" where that cannot be told from names.
    """
    if rule == NameRule.FULL:
        return title
    rest, known = title, 0
    for name in sorted(filter(None, parties), key=len, reverse=True):
        known += rest.count(name)
        rest = rest.replace(name, " ")
    if len(_AGAINST.findall(rest)) >= max(known, 1):
        return ""  # it names somebody else too
    words = _BETWEEN.sub(" ", rest).split()
    cause = words[0] if len(words) == 1 else ""
    named = any(part in cause for name in parties for part in _parts(name))
    return cause if _CAUSE.fullmatch(cause) and not named and not _is_body(cause) else ""


def _parts(name: str) -> Iterator[str]:
    """Yield each two characters of a name that follow one another: names are often shortened."""
    return (name[n : n + 2] for n in range(len(name) - 1) if _is_han(name[n]))


def _is_body(name: str) -> bool:
    shop = _SHOP_HAN.fullmatch(name.strip()) and not _DOUBLE.match(name.strip())
    return bool(shop or _BODY_HAN.fullmatch(name.strip()) or _BODY_LATIN.search(name))


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK UNIFIED")

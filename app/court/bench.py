"""Pure: who sits in a hearing and who else is needed, as written in one line and checked.

A bench is one judge, or an odd number of judges and assessors of whom one judge presides (Civil
Procedure Law of the PRC (2023), art. 40–44). Interpreters, experts and witnesses do not sit. The
judge of the case, who handles it, presides unless another judge of the bench does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.characters import clean
from app.core.errors import N_, Message
from app.core.normalization import name_key

MOST_MEMBERS, MAX_NAME = 30, 200


class BenchRole(StrEnum):
    """What somebody does in a hearing; named by ``wording.role_name``."""

    PRESIDING = "presiding"
    JUDGE = "judge"
    ASSESSOR = "assessor"
    INTERPRETER = "interpreter"
    EXPERT = "expert"
    WITNESS = "witness"

    @property
    def sits(self) -> bool:
        """Whether it is one of the bench; the others are needed, and decide nothing."""
        return self in (BenchRole.PRESIDING, BenchRole.JUDGE, BenchRole.ASSESSOR)

    @property
    def is_outside(self) -> bool:
        """Whether the person is outside the court, and so invited by link."""
        return self not in (BenchRole.PRESIDING, BenchRole.JUDGE)

    @property
    def of_person(self) -> "BenchRole":
        """What the person is elsewhere too: who presides here is a judge."""
        return BenchRole.JUDGE if self is BenchRole.PRESIDING else self


# How roles are written behind a name, in both languages, besides their values.
WRITTEN_ROLES = {
    "审判长": BenchRole.PRESIDING,
    "presiding judge": BenchRole.PRESIDING,
    "审判员": BenchRole.JUDGE,
    "法官": BenchRole.JUDGE,
    "人民陪审员": BenchRole.ASSESSOR,
    "陪审员": BenchRole.ASSESSOR,
    "lay assessor": BenchRole.ASSESSOR,
    "people's assessor": BenchRole.ASSESSOR,
    "翻译": BenchRole.INTERPRETER,
    "翻译人员": BenchRole.INTERPRETER,
    "鉴定人": BenchRole.EXPERT,
    "专家": BenchRole.EXPERT,
    "专家辅助人": BenchRole.EXPERT,
    "expert witness": BenchRole.EXPERT,
    "证人": BenchRole.WITNESS,
    **{role.value: role for role in BenchRole},
}
_SEPARATORS = re.compile(r"[、，,；;\n]+")
_WITH_ROLE = re.compile(r"(?P<name>.*?)\s*[（(](?P<role>[^（）()]*)[）)]")


class UnreadableBench(ValueError):  # noqa: N818
    """A line that names the bench cannot be read; ``message`` says which part, and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True)
class BenchMember:
    """Somebody who sits or is needed, by name."""

    name: str
    role: BenchRole = BenchRole.JUDGE


def names(text: str) -> list[str]:
    """Return the parts of a line in which several people are named."""
    return [part for each in _SEPARATORS.split(text) if (part := each.strip())]


def parse(text: str) -> list[BenchMember]:
    """Return the people whom a line names: ``Li Si, Wang Wu (assessor)``.

    Whoever has no role behind the name is a judge. Raises UnreadableBench for a role that is none.
    """
    members = []
    for part in names(text):
        found = _WITH_ROLE.fullmatch(part)
        name, written = (found["name"], found["role"]) if found else (part, "")
        role = WRITTEN_ROLES.get(written.strip().lower()) if found else BenchRole.JUDGE
        if role is None:
            raise UnreadableBench(
                Message(
                    N_(
                        "“%(role)s” is no role. Write presiding, judge, assessor, interpreter, "
                        "expert or witness in brackets behind the name."
                    ),
                    role=written.strip(),
                )
            )
        members.append(BenchMember(clean(name).strip(), role))
    return members


def fault_of(members: Sequence[BenchMember], judge: str) -> Message | None:
    """Return why a judge and these members cannot be the bench of a hearing, or None.

    The list may name the judge too.
    """
    if len(members) >= MOST_MEMBERS:
        return Message(N_("Name at most %(most)s people."), most=MOST_MEMBERS)
    if any(not each.name or len(each.name) > MAX_NAME for each in members):
        return Message(N_("Each name has 1 to %(most)s characters."), most=MAX_NAME)
    seen = {name_key(judge)}
    for each in beside(members, judge):
        if (key := name_key(each.name)) in seen:
            return Message(N_("%(name)s is named twice."), name=each.name)
        seen.add(key)
    presiding = sum(each.role is BenchRole.PRESIDING for each in members)
    if presiding > 1:
        return Message(N_("Only one judge presides; %(count)s are named."), count=presiding)
    return None


def counsel_fault(members: Sequence[BenchMember], counsel: Sequence[str]) -> Message | None:
    """Return which member has the name of somebody who acts in the case, or None."""
    keys = {name_key(name) for name in counsel}
    for each in members:
        if each.role.sits and name_key(each.name) in keys:
            words = N_("%(name)s acts for a party of this case and cannot sit in it.")
            return Message(words, name=each.name)
    return None


def beside(members: Sequence[BenchMember], judge: str) -> list[BenchMember]:
    """Return a bench without the judge of the case, where a list names them too.

    Named as presiding or as a judge they are left out; as anything else they stay, which is a
    fault (see ``fault_of``).
    """
    key = name_key(judge)
    judges = (BenchRole.PRESIDING, BenchRole.JUDGE)
    return [each for each in members if name_key(each.name) != key or each.role not in judges]


def judge_of(members: Sequence[BenchMember], judge: str) -> str | None:
    """Return whose hearing it is: the judge of the case if they sit, else who presides, else the
    first judge; None where no judge is named.
    """
    judges = [each for each in members if each.role in (BenchRole.PRESIDING, BenchRole.JUDGE)]
    if any(name_key(each.name) == name_key(judge) for each in judges):
        return judge
    presiding = [each for each in judges if each.role is BenchRole.PRESIDING]
    return next((each.name for each in (*presiding, *judges)), None)


def everybody(members: Sequence[BenchMember], judge: str) -> list[BenchMember]:
    """Return all people of a hearing with their roles, who presides first.

    The judge presides unless one of the others does; one who sits alone is just the judge.
    """
    presiding = [each for each in members if each.role is BenchRole.PRESIDING]
    others = [each for each in members if each.role is not BenchRole.PRESIDING]
    alone = not any(each.role.sits for each in members)
    role = BenchRole.JUDGE if presiding or alone else BenchRole.PRESIDING
    return [*presiding, BenchMember(judge, role), *others]


def listed(people: Sequence[BenchMember], judge: str) -> list[BenchMember]:
    """Return the people whom a form names as they will be listed; ``judge`` is the case's."""
    whose = judge_of(people, judge) or judge
    return everybody(beside(people, whose), whose)


def as_facts(members: Sequence[BenchMember]) -> list[dict[str, str]]:
    """Return people as plain JSON, for letters, the API and ``wording.bench_line``."""
    return [{"name": each.name, "role": each.role.value} for each in members]


@dataclass(frozen=True)
class BenchChange:
    """All people of a hearing, who presides first, before and after a change."""

    before: Sequence[BenchMember]
    after: Sequence[BenchMember]

    @property
    def is_empty(self) -> bool:
        """Whether everybody stays what they are."""
        return _roles(self.before) == _roles(self.after)

    @property
    def of_bench(self) -> bool:
        """Whether others sit than before, or another presides; not who else is needed."""
        return _roles(sitting(self.before)) != _roles(sitting(self.after))

    @property
    def of_others(self) -> bool:
        """Whether others are needed than before, beside those who sit."""
        return _roles(not_sitting(self.before)) != _roles(not_sitting(self.after))

    def applied_to(self, people: Sequence[BenchMember]) -> list[BenchMember]:
        """Return the people of another hearing of the case after the same change.

        Who leaves there leaves here, whoever is new takes the place of one who left or comes last,
        and people whom only this hearing has stay. Nobody becomes a second one who presides.
        """
        after = {name_key(each.name): each for each in self.after}
        before = {name_key(each.name): each for each in self.before}
        here = {name_key(each.name) for each in people}
        new = [each for key, each in after.items() if key not in before and key not in here]
        result = []
        for each in people:
            key = name_key(each.name)
            if key in before and key not in after:
                result += [new.pop(0)] if new else []
            elif key in after and before.get(key) != after[key]:
                result.append(after[key])
            else:
                result.append(each)
        return _one_presides([*result, *new], {name_key(each.name) for each in self.after})


def sitting(people: Sequence[BenchMember]) -> list[BenchMember]:
    """Return those of some people who sit."""
    return [each for each in people if each.role.sits]


def not_sitting(people: Sequence[BenchMember]) -> list[BenchMember]:
    """Return those of some people who are needed and do not sit."""
    return [each for each in people if not each.role.sits]


def _roles(people: Sequence[BenchMember]) -> dict[str, BenchRole]:
    return {name_key(each.name): each.role for each in people}


def _one_presides(people: Sequence[BenchMember], named: set[str]) -> list[BenchMember]:
    """Return people of whom one presides: of several, one whom the change names."""
    presiding = [each for each in people if each.role is BenchRole.PRESIDING]
    if len(presiding) < 2:
        return list(people)
    first = next((each for each in presiding if name_key(each.name) in named), presiding[0])
    return [
        BenchMember(each.name, BenchRole.JUDGE) if each in presiding and each is not first else each
        for each in people
    ]

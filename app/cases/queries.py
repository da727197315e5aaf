"""Read cases: search, one case with its people, duplicates."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case, CaseMember, Counsel, Party, Representation
from app.cases.rules import number_key, running_number
from app.core.characters import clean, half_width
from app.core.errors import N_, NotFound
from app.court.models import Courtroom, Judge

PAGE = 25
MOST_WORDS = 5  # that are searched one by one
MOST_KNOWN = 8  # known people or firms offered for what is typed
MOST_OF_NUMBER = 200  # cases whose number has some digits in it
FEWEST_DIGITS = 4  # of a telephone number, before it is searched for


def case_filter(words: str) -> sa.ColumnElement[bool]:
    """Return the condition of a search by words in number, title, parties, counsel and phones.

    Brackets of either width find a number; a telephone number is found by a part of it. Several
    words are found as they stand, or each somewhere.
    """
    words = " ".join(clean(words).split())[:200]
    each = words.split()[:MOST_WORDS]
    if len(each) < 2:
        return _matching(words)
    return sa.or_(_matching(words), sa.and_(*map(_matching, each)))


def _matching(words: str) -> sa.ColumnElement[bool]:
    statement = _like(words)
    ways = [
        Case.number_key.like(_like(number_key(words)), escape="\\"),
        sa.func.lower(Case.title).like(statement, escape="\\"),
        _with_party(sa.func.lower(Party.name).like(statement, escape="\\")),
        _with_counsel(sa.func.lower(Counsel.name).like(statement, escape="\\")),
        _with_counsel(sa.func.lower(Counsel.firm).like(statement, escape="\\")),
    ]
    digits = "".join(c for c in half_width(words) if c.isascii() and c.isdigit())
    if len(digits) >= FEWEST_DIGITS and not any(c.isalpha() for c in words):
        ways.append(_with_counsel(Counsel.phone.like(_like(digits))))
        ways.append(_with_party(Party.phone.like(_like(digits))))
    return sa.or_(*ways)


def _like(words: str) -> str:
    plain = words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain.replace(chr(0), '')}%"


def _with_party(so: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return Case.id.in_(sa.select(Party.case_id).where(so))


def _with_counsel(so: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    acting = sa.select(Party.case_id).join(Representation).join(Counsel).where(so)
    return Case.id.in_(acting)


def search_cases(
    session: Session,
    court_id: int,
    words: str = "",
    page: int = 1,
    *,
    order: str = "",
    judge: int | None = None,
) -> tuple[Sequence[Case], bool]:
    """Return one page of a court's cases, and whether there are more.

    ``order``: newest, oldest or number; what is none of these is taken as the first.
    """
    by: dict[str, list[Any]] = {
        "oldest": [Case.id.asc()],
        "number": [Case.number_key, Case.id.asc()],
    }
    statement = sa.select(Case).where(Case.court_id == court_id)
    statement = statement.order_by(*by.get(order, [Case.id.desc()]))
    if judge is not None:
        member = sa.select(CaseMember.case_id).where(CaseMember.judge_id == judge)
        statement = statement.where(sa.or_(Case.judge_id == judge, Case.id.in_(member)))
    if words.strip():
        statement = statement.where(case_filter(words))
    statement = statement.options(
        joinedload(Case.judge), selectinload(Case.members), selectinload(Case.parties)
    )
    rows = session.scalars(statement.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def only_match(session: Session, court_id: int, words: str) -> Case | None:
    """Return the case that a search means: the only one found, or the only one of that number.

    Of 民初62号 and 民初620号 the words 62 mean the first.
    """
    rows, more = search_cases(session, court_id, words)
    if len(rows) == 1 and not more:
        return rows[0]
    digits = half_width(words).strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    statement = sa.select(Case).where(Case.court_id == court_id)
    statement = statement.where(Case.number_key.like(_like(digits), escape="\\"))
    candidates = session.scalars(statement.order_by(Case.id.desc()).limit(MOST_OF_NUMBER))
    named = [case for case in candidates if running_number(case.number) == digits]
    return named[0] if len(named) == 1 else None


def known_counsel(session: Session, court_id: int, words: str) -> Sequence[Counsel]:
    """Return counsel of a court whose name or firm has these words, by name."""
    name = sa.func.lower(Counsel.name).like(_like(words), escape="\\")
    firm = sa.func.lower(Counsel.firm).like(_like(words), escape="\\")
    statement = sa.select(Counsel).where(Counsel.court_id == court_id, sa.or_(name, firm))
    statement = statement.where(Counsel.in_person.is_(False))
    return session.scalars(statement.order_by(Counsel.name, Counsel.id).limit(MOST_KNOWN)).all()


def known_firms(session: Session, court_id: int, words: str) -> Sequence[str]:
    """Return firms of a court's counsel whose name has these words."""
    firm = sa.func.lower(Counsel.firm).like(_like(words), escape="\\")
    statement = sa.select(Counsel.firm).where(Counsel.court_id == court_id, firm).distinct()
    return session.scalars(statement.order_by(Counsel.firm).limit(MOST_KNOWN)).all()


def case_with_parties(session: Session, court_id: int, case_id: int) -> Case:
    """Return a case with its parties and counsel. Raises NotFound, also for another court's."""
    parameters = {"case": case_id, "court": court_id}
    case = session.scalars(_case_with_parties(), parameters).unique().one_or_none()
    if case is None:
        raise NotFound(N_("There is no case %(case)s in this court."), case=case_id)
    return case


@cache
def _case_with_parties() -> sa.Select[Case]:
    """Return the statement, put together once: that takes longer than to execute it."""
    return (
        sa.select(Case)
        .where(Case.id == sa.bindparam("case"), Case.court_id == sa.bindparam("court"))
        .options(
            joinedload(Case.judge),
            joinedload(Case.court),
            joinedload(Case.assistant),
            joinedload(Case.members),
            selectinload(Case.parties)
            .joinedload(Party.representations)
            .options(joinedload(Representation.counsel), selectinload(Representation.declarations)),
        )
    )


def find_duplicate(session: Session, case: Case) -> Case | None:
    """Return the other case of the same number, from before keys dropped invisible characters."""
    first, second, _ = case.number_key.partition("\n")
    key = first if second else f"{first}\n2"
    return session.scalar(
        sa.select(Case).where(Case.court_id == case.court_id, Case.number_key == key)
    )


def list_duplicates(session: Session) -> list[str]:
    """Return the cases, judges and courtrooms that share their number or name with another."""
    statement = [
        sa.select(sa.literal(kind), table.id, name, table.court_id).where(key.contains("\n"))
        for kind, table, name, key in (
            ("case", Case, Case.number, Case.number_key),
            ("judge", Judge, Judge.name, Judge.name_key),
            ("courtroom", Courtroom, Courtroom.name, Courtroom.name_key),
        )
    ]
    rows = [row for each in statement for row in session.execute(each.limit(20))]
    return [f"{kind} {name} (no. {number})" for kind, number, name, _ in rows]


def representation_of(session: Session, case: Case, representation_id: int) -> Representation:
    """Return one representation of a case. Raises NotFound."""
    statement = sa.select(Representation).join(Party)
    statement = statement.where(Representation.id == representation_id, Party.case_id == case.id)
    row = session.scalar(statement.options(joinedload(Representation.counsel)))
    if row is None:
        raise NotFound(N_("This person is not counsel in this case."))
    return row


def acting_for_counsel(session: Session, case: Case, counsel_id: int) -> Sequence[Representation]:
    """Return the representations by which a counsel acts in a case now. Raises NotFound."""
    statement = (
        sa.select(Representation)
        .join(Party)
        .where(
            Party.case_id == case.id,
            Representation.counsel_id == counsel_id,
            Representation.left_at.is_(None),
        )
        .order_by(Representation.id)
    )
    rows = session.scalars(statement.options(joinedload(Representation.counsel))).all()
    if not rows:
        raise NotFound(N_("This person is not counsel in this case."))
    return rows

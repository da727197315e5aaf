"""Plain values of an invitation and all that letters and the record tell about it.

They have attributes of the models of the same name, and are read by one statement without the ORM
(see answers.locking). Fields that are columns are positional, related objects keyword-only.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from app.core.matters import Matter


@dataclass(frozen=True)
class CourtValues:
    """The court of a case."""

    name: str
    short: str
    zone: str
    phone: str
    text_links: bool
    text_slots: bool
    language: str


@dataclass(frozen=True)
class UserValues:
    """A user of the court."""

    id: int
    name: str


@dataclass(frozen=True)
class JudgeValues:
    """A judge."""

    name: str


@dataclass(frozen=True)
class MemberValues:
    """Somebody who sits or is needed beside the judge."""

    judge: JudgeValues
    role: str


@dataclass(frozen=True)
class CourtroomValues:
    """A courtroom."""

    name: str
    location: str


@dataclass(frozen=True)
class SittingValues:
    """A sitting of a slot or a hearing that has several."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    courtroom: CourtroomValues


@dataclass(frozen=True)
class CaseValues:
    """A case."""

    number: str
    title: str
    _: KW_ONLY
    court: CourtValues
    assistant: UserValues | None


@dataclass(frozen=True)
class HearingValues:
    """A hearing."""

    id: int
    court_id: int
    case_id: int
    kind: str
    minutes: int
    revision: int
    corrections: int
    bench_changes: int
    uid: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    sitting_count: int
    _: KW_ONLY
    case: CaseValues
    judge: JudgeValues
    courtroom: CourtroomValues | None
    user: UserValues | None
    members: Sequence[MemberValues] = ()
    # Only where there are several.
    sittings: Sequence[SittingValues] = ()

    @property
    def sequence(self) -> int:
        """The number that calendars go by, as of the model."""
        return self.revision + self.corrections + self.bench_changes

    @property
    def about(self) -> str:
        """The hearing as the matter of notices, entries and tasks."""
        return str(Matter.hearing(self.id))


@dataclass(frozen=True)
class ProposalValues:
    """A proposal, without its slots."""

    id: int
    round: int
    answer_by: dt.datetime
    state: str
    fix: str


@dataclass(frozen=True)
class SlotValues:
    """A slot of a proposal."""

    id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    courtroom: CourtroomValues
    # Only where there are several.
    sittings: Sequence[SittingValues] = ()


@dataclass(frozen=True)
class CounselValues:
    """A counsel, as a recipient."""

    id: int
    name: str
    language: str
    channels: list[str]
    email: str
    phone: str
    opted_out_at: dt.datetime | None


@dataclass(frozen=True)
class PartyValues:
    """The party that an invited counsel acts for."""

    name: str


@dataclass(frozen=True)
class InvitationValues:
    """One counsel's part in a proposal."""

    id: int
    counsel_id: int
    representation_id: int | None
    side: str
    version: int
    revoked_at: dt.datetime | None
    comment: str
    nonce: str
    delegate_id: int | None
    _: KW_ONLY
    counsel: CounselValues
    party: PartyValues

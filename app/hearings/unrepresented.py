"""Parties of a case without counsel, who get no messages."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.cases.models import Case, Party
from app.cases.rules import addresses_by_channel
from app.core.errors import N_, Message
from app.hearings.models import FixPolicy, Hearing, HearingState

NO_SIDE = N_("Nobody acts for %(party)s: that side is not asked.")
NO_PARTY = N_("Nobody acts for %(party)s: that party is not asked.")
NO_SIDE_TOLD = N_("Nobody acts for %(party)s: that side is not told.")
NO_PARTY_TOLD = N_("Nobody acts for %(party)s: that party is not told.")
UNREACHABLE = N_("No message can reach %(names)s.")


@dataclass(frozen=True)
class UnrepresentedParty:
    """A party without counsel; ``whole_side`` if no party of its side has any."""

    party: Party
    whole_side: bool

    @property
    def message(self) -> Message:
        """The warning before a proposal is sent."""
        return Message(NO_SIDE if self.whole_side else NO_PARTY, party=self.party.name)

    @property
    def message_of_date(self) -> Message:
        """The warning before a date is set without asking."""
        words = NO_SIDE_TOLD if self.whole_side else NO_PARTY_TOLD
        return Message(words, party=self.party.name)


def unrepresented_parties(case: Case) -> Sequence[UnrepresentedParty]:
    """Return the parties of a case without counsel, in the order of entry."""
    without = [party for party in case.parties if not _has_counsel(party)]
    represented = {party.side for party in case.parties if _has_counsel(party)}
    return [UnrepresentedParty(party, party.side not in represented) for party in without]


def _has_counsel(party: Party) -> bool:
    return any(each.left_at is None for each in party.representations)


def representation_warnings(hearing: Hearing) -> list[Message]:
    """Return the warnings about a hearing that is proposed or fixed, for the API."""
    if hearing.state not in (HearingState.PROPOSED, HearingState.FIXED):
        return []
    is_asked = hearing.state == HearingState.PROPOSED
    warnings = [
        each.message if is_asked else each.message_of_date
        for each in unrepresented_parties(hearing.case)
    ]
    everybody = (each for party in hearing.case.parties for each in party.representations)
    acting = (each.counsel for each in everybody if each.left_at is None)
    unreachable = list(
        dict.fromkeys(each.name for each in acting if not addresses_by_channel(each))
    )
    return [*warnings, *([Message(UNREACHABLE, names=unreachable)] if unreachable else [])]


def default_fix_policy(case: Case) -> FixPolicy:
    """Return the default fix policy: the assistant fixes a date where a party is not asked.

    That a slot suits all who answer says nothing of a party that nobody asked.
    """
    return FixPolicy.ASSISTANT if unrepresented_parties(case) else FixPolicy.AUTO

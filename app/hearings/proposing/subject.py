"""The subject of a proposal's form: case, hearing, and all that the page reads of them."""

import datetime as dt
from collections.abc import Sequence
from functools import cached_property

from sqlalchemy.orm import Session

from app.cases import queries as cases
from app.cases.models import Representation
from app.court import queries as court_queries
from app.court.models import Courtroom
from app.hearings import queries, versions
from app.hearings.availability import suggestions
from app.hearings.availability.suggestions import SuggestionQuery, SuggestionSearch
from app.hearings.models import Hearing, Proposal
from app.law import working_days
from app.law.working_days import WorkingDays


class ProposalSubject:
    """A case with its people, and its hearing unless the form is of a new one.

    What is read of them is read once. A subject is of one moment: after a rollback, or a change,
    another one is loaded.
    """

    def __init__(self, session: Session, court_id: int, case_id: int, hearing_id: int | None):
        """Load case and hearing. Raises NotFound."""
        self.session = session
        self.hearing = (
            queries.find_hearing(session, court_id, hearing_id) if hearing_id is not None else None
        )
        self.case = cases.case_with_parties(session, court_id, case_id)
        self._search: SuggestionSearch | None = None
        self._of_case: tuple[Sequence[Hearing], int] | None = None

    @cached_property
    def acting(self) -> Sequence[Representation]:
        """Those who act in the case now: each counsel once."""
        return queries.acting_in(self.case)

    @cached_property
    def working(self) -> WorkingDays:
        """The court's working days."""
        return working_days.working_days(self.session, self.case.court)

    def upcoming(self, now: dt.datetime) -> Sequence[Hearing]:
        """Return the hearings of the case that are proposed, or have a date that lies ahead."""
        return self._hearings(now)[0]

    def version(self, now: dt.datetime) -> str:
        """Return the version of a form that is opened now."""
        if self.hearing is None:
            return str(self._hearings(now)[1])
        return versions.version_of(self.hearing, self.last)

    def _hearings(self, now: dt.datetime) -> tuple[Sequence[Hearing], int]:
        if self._of_case is None:
            self._of_case = queries.upcoming_and_newest(self.session, self.case, now)
        return self._of_case

    @cached_property
    def rooms(self) -> Sequence[Courtroom]:
        """The court's courtrooms that are in use."""
        return court_queries.courtrooms(self.session, self.case.court_id)

    @cached_property
    def last(self) -> Proposal | None:
        """The newest proposal of the hearing, if there is one."""
        return queries.last_proposal(self.session, self.hearing) if self.hearing else None

    def search(
        self, query: SuggestionQuery, now: dt.datetime, also: Sequence[dt.datetime] = ()
    ) -> SuggestionSearch:
        """Search slots as ``suggestions.search`` does; a like search is not made twice."""
        if self._search is None or not self._search.answers(query, also):
            self._search = suggestions.search(self.session, self.case, query, now, also)
        return self._search.without(query.but_not)

"""Pure: kinds of filings, and the limits of what is noted of them."""

import datetime as dt
from enum import StrEnum

MAX_NOTE = 200  # characters
# The same note within this time is one: a button that was pressed twice.
SAME_WITHIN = dt.timedelta(minutes=10)


class FilingKind(StrEnum):
    """Kind of the papers that a party handed in; named by ``wording.filing_kind_name``."""

    EVIDENCE = "evidence"
    PLEADING = "pleading"
    APPLICATION = "application"
    AUTHORITY = "authority"
    OTHER = "other"

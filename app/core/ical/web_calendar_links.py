"""Pure: addresses by which a calendar on the web opens a new entry with a hearing in it.

They carry what the page shows and no link of ours: what a person saves there may be shared.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

_OUTLOOK = "/calendar/0/deeplink/compose"


def addresses(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the addresses for Google, Outlook at work and Outlook.com of one event."""
    begins, ends = (event[name].astimezone(dt.UTC) for name in ("starts_at", "ends_at"))
    google = {
        "action": "TEMPLATE",
        "text": event["summary"],
        "location": event["location"],
        "dates": f"{begins:%Y%m%dT%H%M%SZ}/{ends:%Y%m%dT%H%M%SZ}",
        "ctz": event["zone"],
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": event["summary"],
        "location": event["location"],
        "startdt": f"{begins:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
    }
    return {
        "google": f"https://calendar.google.com/calendar/render?{urlencode(google)}",
        "office": f"https://outlook.office.com{_OUTLOOK}?{urlencode(outlook)}",
        "outlook": f"https://outlook.live.com{_OUTLOOK}?{urlencode(outlook)}",
    }

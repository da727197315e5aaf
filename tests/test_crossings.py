"""Files of ``app/`` that the main use cases run through: printed, and bounded.

Whoever wants to understand a use case reads these files; ``core/`` is not counted, nor what each
request runs through (the signed-in user, the check of time zone rules), nor the carrier's stand-in.
The bounds are the figures of today; a change that needs more raises them in its commit and says why
there. ``make test ARGS='-k cross_few_files -rP'`` prints the files.
"""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.carriers.twilio.standin import TwilioStandIn
from app.worker import beat
from tests.conftest import CASE, Scenario, proposal
from tests.counsel.test_answers import nonce, slots
from tests.flows.test_receipts import notices, tell, twilio, wired  # noqa: F401 (fixtures)

APP = Path(__file__).parents[1] / "app"
EACH_REQUEST = {
    *("people/views.py", "worker/rezoning.py"),
    *("questions/held_back.py", "storage/staged_uploads.py"),
}
BOUNDS = {"propose": 49, "answer": 23, "send a text": 32, "receipt": 13}


@contextmanager
def traced() -> Iterator[set[str]]:
    """Collect the files in which a function is called, in all threads of this process."""
    files: set[str] = set()
    inside = f"{APP}/"

    def profile(frame: Any, event: str, _: Any) -> None:
        name = frame.f_code.co_filename
        # A module's own body runs at its first import, which is no part of a use case.
        if event == "call" and name.startswith(inside) and frame.f_code.co_name != "<module>":
            files.add(name.removeprefix(inside))

    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        yield files
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def crossed(use_case: Callable[[], object]) -> set[str]:
    """Return the modules outside ``core/`` that a use case runs through."""
    with traced() as files:
        use_case()
    return {
        name
        for name in files - EACH_REQUEST
        if name.endswith(".py") and not name.startswith("core/") and "standin" not in name
    }


def test_use_cases_cross_few_files(wired: Scenario, twilio: TwilioStandIn) -> None:  # noqa: F811
    status, case = wired.api("POST", "/cases", CASE)
    assert status == 201
    body = proposal(case["id"])
    found = {"propose": crossed(lambda: wired.api("POST", "/hearings", body))}
    with wired.app.app_context():
        sender = beat.sender_of(wired.app)
        found["send a text"] = crossed(lambda: beat.send(sender, "sms"))
    [text] = notices(wired, kind="proposal", channel="sms", side="claimant")
    found["receipt"] = crossed(lambda: tell(wired, twilio, text, "delivered"))
    link = re.search(r"/r/[\w-]{22}", twilio.messages[0]["body"])
    assert link
    browser = wired.client
    page = browser.get(link.group())
    answers = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    found["answer"] = crossed(lambda: browser.post(link.group(), data=answers))
    assert notices(wired, kind="answered", side="claimant")
    for use_case, files in found.items():
        print(f"{use_case}: {len(files)} files\n  " + "\n  ".join(sorted(files)))
        assert len(files) <= BOUNDS[use_case], f"{use_case} crosses {len(files)} files"

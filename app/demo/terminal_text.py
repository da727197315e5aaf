"""The introduction that the demo prints in the terminal."""

from app.config import Settings
from app.demo.open_proposal import OpenProposal
from app.demo.story import COURT, STORY


def intro(
    settings: Settings,
    is_new: bool,
    proposal: OpenProposal,
    calendars: list[tuple[str, str]],
    other_carriers: bool,
) -> str:
    """Return the text that `tingqi demo` prints once it is running."""
    base = settings.public_url
    sections = [
        f"{COURT['english']} ({COURT['name']}), a court that never was, "
        + ("is open." if is_new else "is open again."),
        _try_it(base, proposal),
        _sign_in(base, proposal),
        _outbox(settings),
        _calendars(base, calendars),
        _end(other_carriers),
    ]
    return "\n\n".join(["", *sections])


def _try_it(base: str, proposal: OpenProposal) -> str:
    links = "\n\n".join(
        f"   {counsel.name} ({counsel.acts_for})\n   {base}{counsel.path}"
        for counsel in proposal.counsel
    )
    return (
        "1. FIX A HEARING\n"
        f"   {proposal.case}: the court has asked these lawyers, who need no account.\n"
        "   Open each link in a window of its own, choose Yes for the same slot in both,\n"
        "   answer the other slots as you like, and send.\n\n"
        f"{links}\n\n"
        "   With the last answer the hearing is fixed, and a second later the invites\n"
        f"   are in the outbox: {base}/outbox"
    )


def _sign_in(base: str, proposal: OpenProposal) -> str:
    roles = "\n".join(f"   {user['email']:<24}{user['role']}" for user in STORY["users"])
    return (
        "2. SEE THE COURT'S SIDE\n"
        f"   {base}/sign-in\n"
        f"{roles}\n"
        f"   password for each: {STORY['password']}\n"
        f"   The hearing above: {base}{proposal.path}"
    )


def _outbox(settings: Settings) -> str:
    return (
        f"3. READ WHAT WAS SENT\n   {settings.public_url}/outbox   (the files: {settings.outbox})"
    )


def _calendars(base: str, calendars: list[tuple[str, str]]) -> str:
    rows = "\n".join(f"   {base}{path}   {label}" for label, path in calendars)
    return f"4. SUBSCRIBE TO A CALENDAR\n{rows}"


def _end(other_carriers: bool) -> str:
    ignored = " The settings of carriers are not used." if other_carriers else ""
    return (
        f"Nothing leaves this machine.{ignored} Stop with Ctrl-C; start anew with\n"
        "`make demo FRESH=1` (or `tingqi demo --fresh`)."
    )

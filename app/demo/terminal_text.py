"""The introduction that the demo prints in the terminal."""

from app.config import Settings
from app.core import terminal, wording
from app.core.errors import N_, Message
from app.core.terminal import gettext, layout, translated
from app.demo.open_proposal import DemoCounsel, OpenProposal
from app.demo.story import COURT, STORY

INDENT = "   "
WIDTH = 76  # columns
ROLES = {"assistant": N_("assistant"), "judge": N_("judge"), "admin": N_("admin")}


def intro(
    settings: Settings,
    is_new: bool,
    proposal: OpenProposal,
    calendars: list[tuple[Message, str]],
    other_carriers: bool,
) -> str:
    """Return the text that `tingqi demo` prints once it is running."""
    base = settings.public_url
    sections = [
        _opening(is_new),
        _try_it(base, proposal),
        _sign_in(base, proposal),
        _outbox(settings),
        _calendars(base, calendars),
        _end(other_carriers),
    ]
    return "\n\n".join(["", *sections])


def _opening(is_new: bool) -> str:
    names = (COURT["english"], COURT["name"])
    if terminal.language() == "zh":
        names = (COURT["name"], COURT["english"])
    words = N_("%(court)s (%(other)s), an example court, is open again.")
    if is_new:
        words = N_("%(court)s (%(other)s), an example court, is open.")
    return gettext(words, court=names[0], other=names[1])


def _paragraph(words: str) -> str:
    lines = layout.wrapped(gettext(words), WIDTH - len(INDENT))
    return "\n".join(INDENT + line for line in lines)


def _try_it(base: str, proposal: OpenProposal) -> str:
    links = "\n\n".join(
        f"{INDENT}{_introduced(counsel)}\n{INDENT}{base}{counsel.path}"
        for counsel in proposal.counsel
    )
    instructions = _paragraph(
        N_(
            "The court has proposed slots to these lawyers, who need no account. Open each link in "
            "a window of its own, choose Yes for the same slot in both, answer the other slots as "
            "you like, and submit."
        )
    )
    result = _paragraph(
        N_(
            "With the last answer the hearing is fixed. A second later the invitations to the "
            "calendar are in the outbox:"
        )
    )
    return "\n".join(
        [
            "1. " + gettext("FIX A HEARING"),
            f"{INDENT}{proposal.case}",
            instructions,
            "",
            links,
            "",
            result,
            f"{INDENT}{base}/outbox",
        ]
    )


def _introduced(counsel: DemoCounsel) -> str:
    side = wording.side_name(counsel.side, terminal.language())
    acts_for = f"{side}{wording.comma(terminal.language())}{counsel.party}"
    return counsel.name + wording.aside(acts_for, terminal.language())


def _sign_in(base: str, proposal: OpenProposal) -> str:
    comma = wording.comma(terminal.language())
    users = [
        f"{INDENT}{user['email']:<24}" + gettext(ROLES[user["role"]]) + comma + user["name"]
        for user in STORY["users"]
    ]
    return "\n".join(
        [
            "2. " + gettext("SEE THE COURT'S SIDE"),
            f"{INDENT}{base}/sign-in",
            *users,
            INDENT + gettext("password for each: %(password)s", password=STORY["password"]),
            INDENT + gettext("The hearing above: %(url)s", url=f"{base}{proposal.path}"),
        ]
    )


def _outbox(settings: Settings) -> str:
    files = gettext("files: %(folder)s", folder=settings.outbox)
    title = "3. " + gettext("READ WHAT WAS SENT")
    return f"{title}\n{INDENT}{settings.public_url}/outbox   {files}"


def _calendars(base: str, calendars: list[tuple[Message, str]]) -> str:
    rows = [f"{INDENT}{base}{path}   {translated(label)}" for label, path in calendars]
    return "\n".join(["4. " + gettext("SUBSCRIBE TO A CALENDAR"), *rows])


def _end(other_carriers: bool) -> str:
    sentences = [gettext("Nothing leaves this machine.")]
    if other_carriers:
        sentences.append(gettext("The settings of carriers are not used."))
    sentences.append(gettext("Stop with Ctrl-C; to start again with new data:"))
    blank = "" if terminal.language() == "zh" else " "
    return blank.join(sentences) + "\n`make demo FRESH=1` (`tingqi demo --fresh`)"

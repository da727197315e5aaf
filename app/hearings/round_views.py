"""Propose, ask again, move: slots typed on a page, shown as messages, then sent."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app import web, wording
from app.cases import queries as cases
from app.cases.models import Case
from app.cases.rules import ways_of
from app.cases.views import page_number, said_errors
from app.db import db, retrying
from app.errors import N_, Clash, Invalid, NotFound, Refusal, RuleWarning
from app.hearings import blank, days, once, preview, queries, typed
from app.hearings.forms import HearingIn
from app.hearings.models import Hearing, HearingState, ProposalState
from app.hearings.rounds import Desk
from app.hearings.rules import MOST_SLOTS
from app.hearings.views import bp
from app.people.models import User
from app.people.views import signed_in

LARGEST = 2**62


@dataclass(frozen=True)
class About:
    """What a form is about: a case, and its hearing where it has been asked about before."""

    case_id: int
    hearing_id: int | None = None

    @property
    def address(self) -> str:
        """Where its form is."""
        if self.hearing_id is None:
            return url_for("hearings.new", case_id=self.case_id)
        return url_for("hearings.another", hearing_id=self.hearing_id)


@dataclass(frozen=True)
class Order:
    """A form that was read: checked input, and the use case that it asks for."""

    about: About
    checked: dict[str, Any]
    work: Callable[[Session, dict[str, Any]], Hearing]

    @property
    def at_once(self) -> bool:
        """Whether a date is set without asking."""
        return self.checked["answer_by"] is None


@bp.route("/hearings/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Propose a hearing: which case, then slots and who is asked, then the messages, then send."""
    asked = (request.form.get("case_id") or request.args.get("case_id", "")).strip()
    if not asked:
        return _which()
    if not (asked.isascii() and asked.isdigit() and int(asked[:20]) < LARGEST):
        raise NotFound(N_("There is no case %(case)s in this court."), case=asked[:40])
    return _open(About(int(asked)))


def _which() -> str:
    """Show cases to choose from."""
    asked, page = request.args.get("find", "")[:200], page_number()
    rows, more = cases.found(db.session(), current_user.court_id, asked, page)
    return render_template("hearings/which.html", cases=rows, more=more, page=page, asked=asked)


@bp.route("/hearings/<int:hearing_id>/round", methods=["GET", "POST"])
@signed_in
def another(hearing_id: int) -> Any:
    """Ask about a hearing again, or move it."""
    if hearing_id >= LARGEST:
        raise NotFound(N_("There is no hearing %(hearing)s in this court."), hearing=hearing_id)
    hearing = queries.find(db.session(), current_user.court_id, hearing_id)
    if hearing.state == HearingState.CANCELLED:
        flash(gettext("This hearing is cancelled: propose a new one."), "maybe")
        return redirect(url_for("hearings.shown", hearing_id=hearing_id), 303)
    return _open(About(hearing.case_id, hearing.id))


def _open(about: About) -> Any:
    if request.method == "GET":
        case, hearing = _looked_up(about)
        given = blank.form(db.session(), case, hearing, web.now())
        given["reason"] = _why_again(hearing) if hearing else ""
        return _form(about, given, suggested=True)
    given, do = typed.typed(request.form.items()), request.form.get("do", "preview")
    if do == "suggest":
        looked_up, given = _looked_up(about), typed.pruned(given)
        return _form(about, blank.suggest(db.session(), *looked_up, given, web.now()))
    if do not in ("preview", "send"):
        return _form(about, typed.act(given, do))
    # Nothing leaves that nobody has looked at: only a preview has the key that sending needs.
    return _try(about, typed.pruned(given), send=do == "send" and _is_key(given["once"]))


def _why_again(hearing: Hearing) -> str:
    """Return the reason for a new round where it is plain; a person may say it better."""
    last = queries.last_proposal(db.session(), hearing)
    if hearing.starts_at is not None or last is None:
        return ""
    if last.state == ProposalState.LAPSED:
        return gettext("Nothing was agreed in time.")
    silent = any(seat.required and not seat.answered_at for seat in last.invitations)
    return "" if silent else gettext("No slot suited everybody.")


def _is_key(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _try(about: About, given: dict[str, Any], *, send: bool) -> Any:
    """Show or send what was typed; what is refused is said on the form, and nothing is lost."""
    if not _is_key(given["once"]):
        given["once"] = str(uuid.uuid4())
    order = None
    try:
        order = _order(about, given)
        return _send(order) if send else _shown(order, given)
    except once.SentBefore as before:
        flash(gettext("This was sent before; nothing was sent a second time."), "maybe")
        return redirect(url_for("hearings.shown", hearing_id=before.hearing_id), 303)
    except NotFound:
        raise
    except Invalid as fault:
        return _form(about, given, errors=said_errors(fault)), 422
    except RuleWarning as fault:
        assert order is not None
        errors = {"override_reason": gettext("Give a reason, or change the slots.")}
        return _shown(order, given, errors=errors), web.status_of(fault)
    except Refusal as fault:
        errors = _clashes(order) if order and isinstance(fault, Clash) else {}
        refused = "" if errors else web.said(fault.message)
        hearing = _looked_up(about)[1]
        given["stood"] = once.standing(db.session(), hearing) if hearing else ""
        return _form(about, given, errors=errors, refused=refused), web.status_of(fault)


def _order(about: About, given: dict[str, Any]) -> Order:
    """Return what a form asks for. Raises Invalid, with every error."""
    user_id, now, secret = current_user.id, web.now(), web.secret()
    zone = ZoneInfo(current_user.court.zone)

    def at(session: Session) -> Desk:
        user = session.get_one(User, user_id)
        return Desk(user.court, user, now, secret)

    if about.hearing_id is None:
        asked = {**given, "case_id": str(about.case_id)}
        return Order(about, typed.checked(asked, HearingIn(), zone), lambda session, checked: (
            once.propose(session, at(session), checked, given["once"])
        ))  # fmt: skip
    hearing_id = about.hearing_id
    return Order(about, typed.checked_move(given, zone), lambda session, checked: (
        once.move(session, at(session), hearing_id, checked, given["stood"])
    ))  # fmt: skip


def _send(order: Order) -> Any:
    now = web.now()

    def done(session: Session) -> tuple[int, list[str], int]:
        last = preview.newest(session)
        hearing = order.work(session, order.checked)
        session.flush()
        sent = [each for each in preview.queued(session, hearing, last) if each.due_at <= now]
        return hearing.id, list(dict.fromkeys(each.name for each in sent)), len(sent)

    hearing_id, names, count = retrying(done)
    told = {"count": count, "names": _listed(names)}
    if order.at_once:
        flash(gettext("The date is set. Messages on their way: %(count)s, to %(names)s.", **told),
              "yes")  # fmt: skip
    else:
        by = wording.moment(order.checked["answer_by"], current_user.court.zone, web.language())
        flash(gettext("All sides are asked. Messages on their way: %(count)s, to %(names)s. "
                      "They can answer until %(when)s.", when=by, **told), "yes")  # fmt: skip
    if mute := _facts(order.about)["mute"]:
        flash(gettext("No message can reach %(names)s: ring them, and log the call.",
                      names=_listed(mute)), "alarm")  # fmt: skip
    return redirect(url_for("hearings.shown", hearing_id=hearing_id), 303)


def _listed(names: list[str]) -> str:
    return ("、" if web.language() == "zh" else ", ").join(names)


def _shown(order: Order, given: dict[str, Any], **more: Any) -> str:
    """Show each person's messages, as they would be sent now; nothing of it is kept."""
    settings, now, court = web.house().settings, web.now(), current_user.court
    sender = preview.Sender(web.secret(), settings.public_url, settings.court_address)
    # A warning of a rule is shown beside the messages: there the reason is asked for.
    reason = order.checked["override_reason"] or "-"
    asked = {**order.checked, "override_reason": reason}
    seen = preview.rehearse(lambda session: order.work(session, asked), sender, now)
    facts = _facts(order.about)
    minutes = order.checked["minutes"] or facts["hearing"].minutes
    starts = [slot["starts_at"] for slot in order.checked["slots"]]
    warnings = days.warnings(court, facts["case"].procedure, starts, now)
    return render_template(
        "hearings/preview.html", given=given, fields=typed.fields_of(given), seen=seen,
        warnings=[web.said(each) for each in warnings], checked=order.checked,
        kind=facts["hearing"].kind if facts["hearing"] else order.checked["kind"],
        minutes=minutes, length=dt.timedelta(minutes=minutes), at_once=order.at_once,
        slots=sorted(order.checked["slots"], key=lambda slot: slot["starts_at"]),
        **{"errors": {}, **facts, **more},
    )  # fmt: skip


def _clashes(order: Order) -> dict[str, str]:
    """Return, by its field, what is in the way of each slot."""
    case, hearing = _looked_up(order.about)
    minutes = order.checked["minutes"] or (hearing.minutes if hearing else 0)
    found = once.clashes(
        db.session(), case, order.checked["slots"], minutes, but=order.about.hearing_id
    )
    return {field: web.said(words) for field, words in found.items()}


def _looked_up(about: About) -> tuple[Case, Hearing | None]:
    """Return the case with its people, and the hearing. Raises NotFound."""
    session, court_id = db.session(), current_user.court_id
    hearing_id = about.hearing_id
    hearing = queries.find(session, court_id, hearing_id) if hearing_id is not None else None
    return cases.whole(session, court_id, about.case_id), hearing


def _facts(about: About) -> dict[str, Any]:
    """Return what every page of a round shows: the case, the hearing, who is asked."""
    session, court = db.session(), current_user.court
    found, hearing = _looked_up(about)
    asked = [(seat, ways_of(seat.counsel)) for seat in queries.seats(session, found)]
    return {
        "about": about, "case": found, "hearing": hearing, "court": court, "zone": court.zone,
        "asked": asked, "mute": [seat.counsel.name for seat, ways in asked if not ways],
        "last": queries.last_proposal(session, hearing) if hearing else None,
    }  # fmt: skip


def _form(about: About, given: dict[str, Any], **more: Any) -> str:
    if not given["slots"]:
        given["slots"] = [typed.blank_row(given)]
    language, facts = web.language(), _facts(about)
    rooms = [(room.name, f"{room.name} · {room.location}" if room.location else room.name)
             for room in cases.courtrooms(db.session(), current_user.court_id)]  # fmt: skip
    kinds = list(dict.fromkeys([*blank.KINDS, *([given["kind"]] if given["kind"] else [])]))
    page = "hearings/new.html" if about.hearing_id is None else "hearings/round.html"
    return render_template(
        page, given=given, rooms=rooms, most=MOST_SLOTS,
        kinds=[(kind, wording.kind_name(kind, language)) for kind in kinds],
        **{"errors": {}, "refused": "", "suggested": False, **facts, **more},
    )  # fmt: skip

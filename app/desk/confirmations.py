"""What is asked before a page of the desk sends messages, beside the messages themselves."""

from flask import url_for
from flask_babel import gettext

from app.cases.models import Case, Representation
from app.cases.rules import addresses_by_channel
from app.core import web, wording
from app.court import bench
from app.desk.hearing.page import HearingPage
from app.hearings.bench.presentation import bench_names
from app.hearings.forms import BenchChangeIn
from app.hearings.models import Hearing, MoveRequest
from app.hearings.proposing.confirmation import ConfirmationPage
from app.notices.kinds import label
from app.notices.models import Notice

Facts = list[tuple[str, str]]


def fixing(view: HearingPage, slot_id: str, reason: str, *, agreed: bool) -> ConfirmationPage:
    """Return the confirmation of a date that is fixed, by order or because all agreed on it."""
    slots = view.latest.proposal.slots if view.latest else []
    facts = _hearing(view.hearing)
    for slot in slots:
        if str(slot.id) == slot_id:
            when = wording.span(slot.starts_at, slot.ends_at, view.court.zone, web.language())
            facts += [(gettext("Date"), when), (gettext("Courtroom"), slot.courtroom.name)]
    return ConfirmationPage(
        gettext("Fix the date that suits all") if agreed else gettext("Fix the date by order"),
        gettext("Fix this date and tell everybody"),
        "calendar-check",
        back=_hearing_url(view.hearing),
        facts=facts + _reason(reason),
        unreachable=_unreachable(view),
    )


def cancelling(view: HearingPage, reason: str) -> ConfirmationPage:
    """Return the confirmation of a hearing that is cancelled."""
    return ConfirmationPage(
        gettext("Cancel the hearing"),
        gettext("Cancel it and tell everybody"),
        "x-circle",
        back=_hearing_url(view.hearing),
        facts=_hearing(view.hearing) + _date(view.hearing) + _reason(reason),
        unreachable=_unreachable(view),
        grave=True,
    )


def changing_bench(view: HearingPage, form: BenchChangeIn) -> ConfirmationPage:
    """Return the confirmation of another bench of a hearing, and of its case if that changes."""
    hearing, language = view.hearing, web.language()
    people = bench.listed(form.bench, hearing.case.judge.name)
    facts = _hearing(hearing) + _date(hearing)
    facts += [
        (gettext("Before"), bench_names(hearing, everybody=True)),
        (gettext("From now on"), wording.bench_line(bench.as_facts(people), language)),
    ]
    if form.whole_case:
        facts.append((gettext("Also in"), gettext("the case and its other hearings to come")))
    return ConfirmationPage(
        gettext("Change the bench"),
        gettext("Change the bench and tell counsel"),
        "people",
        back=_hearing_url(hearing),
        facts=facts + _reason(form.reason),
        unreachable=_unreachable(view),
    )


def changing_case_bench(case: Case, form: BenchChangeIn) -> ConfirmationPage:
    """Return the confirmation of another bench of a case and of its hearings to come."""
    people = bench.listed(form.bench, case.judge.name)
    facts = [
        (gettext("Case"), case.number),
        (gettext("Before"), bench_names(case, everybody=True)),
        (gettext("From now on"), wording.bench_line(bench.as_facts(people), web.language())),
    ]
    return ConfirmationPage(
        gettext("Change the bench"),
        gettext("Change the bench and tell counsel"),
        "people",
        back=url_for("case.case", case_id=case.id),
        facts=facts + _reason(form.reason),
    )


def keeping_date(hearing: Hearing, reason: str) -> ConfirmationPage:
    """Return the confirmation of a request to move that is declined."""
    return ConfirmationPage(
        gettext("Leave the date as it is"),
        gettext("Leave the date and tell counsel why"),
        "send",
        back=_hearing_url(hearing),
        facts=_hearing(hearing) + _date(hearing) + _reason(reason),
    )


def moving(request: MoveRequest, slot_id: object, reason: str) -> ConfirmationPage:
    """Return the confirmation of a hearing that is moved by order to a slot of a request."""
    hearing, zone = request.hearing, request.hearing.case.court.zone
    facts = _hearing(hearing) + _date(hearing)
    for slot in request.slots:
        if slot.id == slot_id:
            when = wording.span(slot.starts_at, slot.ends_at, zone, web.language())
            facts += [(gettext("New date"), when), (gettext("Courtroom"), slot.courtroom.name)]
    return ConfirmationPage(
        gettext("Move the hearing by order"),
        gettext("Move it and tell everybody"),
        "arrow-left-right",
        back=_hearing_url(hearing),
        facts=facts + _reason(reason),
    )


def resending(notice: Notice, back: str) -> ConfirmationPage:
    """Return the confirmation of a message that is sent once more."""
    return ConfirmationPage(
        gettext("Send again"),
        gettext("Send this message again"),
        "arrow-repeat",
        back=back,
        facts=[(gettext("Message"), gettext(label(notice.kind))), (gettext("To"), notice.name)],
    )


def contact(back: str, counsel: str, note: str) -> ConfirmationPage:
    """Return the confirmation of a contact with one side of which the other sides are told."""
    return ConfirmationPage(
        gettext("Tell the other sides of this contact"),
        gettext("Save it and tell the other sides"),
        "megaphone",
        back=back,
        facts=[(gettext("Contact with"), counsel), (gettext("What it was about"), note)],
    )


def counsel_change(back: str, name: str, *, leaves: bool) -> ConfirmationPage:
    """Return the confirmation of counsel who joins or leaves a case that has hearings."""
    return ConfirmationPage(
        gettext("%(name)s acts no longer in this case", name=name)
        if leaves
        else gettext("%(name)s joins the case", name=name),
        gettext("Save and send"),
        "send",
        back=back,
        by_worker=True,
    )


def key_renewal(back: str, representation: Representation) -> ConfirmationPage:
    """Return the confirmation that all links sent to a counsel in a case end, for a new one."""
    name = representation.counsel.name
    reachable = bool(addresses_by_channel(representation.counsel))
    then = gettext("Sent at once, over all channels of %(name)s.", name=name)
    return ConfirmationPage(
        gettext("Replace the link of %(name)s", name=name),
        gettext("End the links and send a new one") if reachable else gettext("End the links"),
        "key",
        back=back,
        facts=[
            (
                gettext("Ends"),
                gettext("Every link and every code that %(name)s has in this case.", name=name),
            ),
            *([(gettext("New link"), then)] if reachable else []),
            (
                gettext("Stays"),
                gettext("Their answers and questions, and the links of everybody else."),
            ),
            (
                gettext("On the record"),
                gettext("For all sides: that the link was replaced; never the link itself."),
            ),
        ],
        unreachable=[] if reachable else [name],
    )


def _hearing_url(hearing: Hearing) -> str:
    return url_for("hearing.shown", hearing_id=hearing.id)


def _hearing(hearing: Hearing) -> Facts:
    language = web.language()
    kind = wording.kind_name(hearing.kind, language)
    return [(gettext("Hearing"), kind + wording.comma(language) + hearing.case.number)]


def _date(hearing: Hearing) -> Facts:
    if hearing.starts_at is None:
        return []
    zone, language = hearing.case.court.zone, web.language()
    when = wording.span(hearing.starts_at, hearing.ends_at, zone, language)
    return [(gettext("Date"), when)]


def _reason(reason: str) -> Facts:
    return [(gettext("Reason"), reason)] if reason.strip() else []


def _unreachable(view: HearingPage) -> list[str]:
    return [each.counsel.name for each in view.contacts if each.acts and each.silent]

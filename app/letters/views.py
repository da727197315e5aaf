"""Pages of the wording of messages by kind, channel and language: the court's own, or Tingqi's."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.channels import Channel
from app.core.db import db, retrying
from app.core.errors import Invalid
from app.core.web.access import may
from app.core.web.params import translated_errors
from app.court import settings
from app.court.authorship import signed_in_author
from app.letters import composing, custom_wording, sample_hearing, wording_versions
from app.letters.custom_wording import CustomWording
from app.letters.text_length import segments

bp = Blueprint("letters", __name__)


Key = tuple[str, str, str]


@bp.get("/settings/wording")
@may("set_up")
def wordings_page() -> str:
    """Show for each kind of message whose wording is in force."""
    court_id = current_user.court_id
    own = wording_versions.current(db.session(), [court_id])
    held = {
        (kind, channel, language): own.get((court_id, kind, channel, language))
        for kind in custom_wording.KINDS
        for channel in Channel
        for language in web.LANGUAGES
    }
    return render_template(
        "letters/wordings.html", held=held, kinds=custom_wording.KINDS, channels=list(Channel)
    )


@bp.get("/settings/wording/<kind>/<channel>/<language>")
@may("set_up")
def wording(kind: str, channel: str, language: str) -> str:
    """Show the wording in force, or the one of ``?version=``, in a form."""
    key = _key(kind, channel, language)
    known = wording_versions.versions(db.session(), current_user.court_id, *key)
    asked = request.args.get("version", "")
    shown = next(
        (each for each in known if str(each.version) == asked), known[0] if known else None
    )
    if shown is None or not shown.text:
        return _page(key, *composing.first_draft(*key))
    return _page(key, shown.subject, shown.text)


def _key(kind: str, channel: str, language: str) -> Key:
    known = kind in custom_wording.KINDS and channel in list(Channel) and language in web.LANGUAGES
    if not known:
        abort(404)
    return kind, channel, language


def _page(key: Key, subject: str, text: str, **more: Any) -> str:
    kind, channel, language = key
    known = wording_versions.versions(db.session(), current_user.court_id, *key)
    fine = not custom_wording.faults(kind, channel, subject, text)
    return render_template(
        "letters/wording.html",
        look=Channel(channel).traits,
        kind=kind,
        tongue=language,
        subject=subject,
        text=text,
        versions=known,
        zone=current_user.court.zone,
        holds=known[0] if known and known[0].text else None,
        allowed=custom_wording.allowed(kind, channel),
        needed=custom_wording.needed(kind, channel),
        preview=_preview(key, CustomWording(-1, subject, text)) if fine else None,
        **{"errors": {}, **more},
    )


def _preview(key: Key, own: CustomWording) -> dict[str, Any]:
    """Return a preview with a sample hearing, and the cost of a text message."""
    kind, channel, language = key
    court, base = current_user.court, web.services().settings.public_url
    court_facts = {
        "name": court.name,
        "short": court.short,
        "zone": court.zone,
        "phone": court.phone,
        "text_links": court.text_links,
        "text_slots": False,
    }
    facts = sample_hearing.facts(court_facts, language, web.now())
    by_code = Channel(channel).traits.links_can_be_off and not court.text_links
    letter = composing.compose(
        kind,
        channel,
        language,
        facts,
        link="" if by_code else f"{base}/r/{sample_hearing.LINK}",
        code="K7QM2-XHPRT",
        base=base,
        own=own,
    )
    return {
        "subject": letter.subject,
        "text": letter.text,
        "segments": segments(letter.text),
        "length": len(letter.text),
        "plain": letter.text.isascii(),
    }


@bp.post("/settings/wording/<kind>/<channel>/<language>")
@may("set_up")
def change_wording(kind: str, channel: str, language: str) -> Any:
    """Preview a new wording, save it as a new version, or restore Tingqi's."""
    key, act = _key(kind, channel, language), request.form.get("do", "preview")
    subject = settings.plain(request.form.get("subject", "")).strip()[:1000]
    text = _typed(request.form.get("text", ""))
    if act == "default":
        subject, text = "", ""
    elif faults := custom_wording.faults(kind, channel, subject, text):
        return _page(key, subject, text, errors=translated_errors(Invalid(faults))), 422
    elif act != "keep":
        return _page(key, subject, text, unsaved=True)
    whose = signed_in_author()

    def keep(session: Session) -> int | None:
        version = wording_versions.keep(session, whose(session), key, subject, text)
        return version.version if version else None

    version = retrying(keep)
    if version is None:
        words = gettext("This wording is in use already. Nothing was changed.")
    elif act == "default":
        words = gettext("The default wording is used from the next message on.")
    else:
        words = gettext("Version %(version)s is used from the next message on.", version=version)
    flash(words, "ok")
    return redirect(url_for("letters.wording", kind=kind, channel=channel, language=language), 303)


def _typed(text: str) -> str:
    """Return text as it was typed, without control characters and spaces at the ends of lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(settings.plain(line).rstrip() for line in lines).strip("\n")[:20_000]


@bp.app_template_global()
def place_words() -> dict[str, str]:
    """Return the translated description of each place."""
    return {
        "person": gettext("the recipient"),
        "party": gettext("the party they act for"),
        "side": gettext("the side of that party"),
        "court": gettext("the court"),
        "court_short": gettext("the court's short name"),
        "phone": gettext("its telephone"),
        "assistant": gettext("the assistant of the hearing"),
        "case": gettext("the case's number"),
        "case_short": gettext("the number without its year"),
        "case_tail": gettext("the end of the number"),
        "title": gettext("the case's title"),
        "judge": gettext("the judge"),
        "kind": gettext("the kind of hearing"),
        "act": gettext("the kind, in short"),
        "minutes": gettext("its length"),
        "zone": gettext("the time zone"),
        "link": gettext("the person's own link, or the code"),
        "date": gettext("day and time of the hearing"),
        "place": gettext("courtroom and where it is"),
        "answer_by": gettext("the date to answer by"),
        "slots": gettext("the slots, one per line"),
        "answers": gettext("the answers, one per line"),
        "was": gettext("the previous date"),
        "days": gettext("the number of days left"),
        "reason": gettext("the reason given"),
        "bring": gettext("what to bring"),
        "said": gettext("the reply from a calendar"),
    }

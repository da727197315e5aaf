"""Pages of the court's own words: messages by kind, channel and language; standard answers."""

from collections.abc import Mapping, Sequence
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
from app.letters.models import Wording
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


@bp.get("/settings/answers")
@may("set_up")
def answers_page() -> str:
    """List the court's standard answers to questions."""
    return render_template(
        "letters/answers.html", answers=wording_versions.answers(db.session(), _court_id())
    )


@bp.get("/settings/answers/new")
@bp.get("/settings/answers/<int:number>")
@may("set_up")
def answer_page(number: int = 0) -> str:
    """Show a standard answer in both languages in a form; with ``?version=`` an earlier one."""
    known = _answer_versions(number)
    asked = request.args.get("version", "")
    shown = {
        language: next((each for each in rows if f"{language}{each.version}" == asked), None)
        or next(iter(rows), None)
        for language, rows in known.items()
    }
    words = {
        language: (row.subject, row.text) if row else ("", "") for language, row in shown.items()
    }
    return _answer_page(number, words)


def _court_id() -> int:
    return current_user.court_id


def _answer_versions(number: int) -> dict[str, Sequence[Wording]]:
    """Return the versions of a standard answer by language, the newest first; 0 is a new one."""
    kind = f"{custom_wording.ANSWERS}{number}"
    known = {
        language: wording_versions.versions(db.session(), _court_id(), kind, "", language)
        for language in web.LANGUAGES
    }
    if number and not any(known.values()):
        abort(404)
    return known


def _answer_page(number: int, words: Mapping[str, tuple[str, str]], **more: Any) -> str:
    known = _answer_versions(number)
    return render_template(
        "letters/answer.html",
        number=number,
        words=words,
        versions=known,
        held={lang: rows[0] for lang, rows in known.items() if rows and rows[0].text},
        zone=current_user.court.zone,
        places=custom_wording.ANSWER_PLACES,
        longest=(custom_wording.LONGEST_TITLE, custom_wording.LONGEST_ANSWER),
        **{"errors": {}, **more},
    )


@bp.post("/settings/answers/new")
@bp.post("/settings/answers/<int:number>")
@may("set_up")
def change_answer(number: int = 0) -> Any:
    """Save a standard answer in one or both languages as a new version, or remove it."""
    _answer_versions(number)
    removed = request.form.get("do") == "remove"
    words = {
        language: (
            settings.plain(request.form.get(f"subject_{language}", "")).strip()[:1000],
            _typed(request.form.get(f"text_{language}", "")),
        )
        for language in web.LANGUAGES
    }
    if removed:
        words = dict.fromkeys(words, ("", ""))
    elif errors := _answer_errors(words):
        return _answer_page(number, words, errors=errors), 422
    whose = signed_in_author()

    def keep(session: Session) -> tuple[int, bool]:
        author = whose(session)
        kept = number or wording_versions.next_answer_number(session, author.court_id)
        kind = f"{custom_wording.ANSWERS}{kept}"
        changes = [
            wording_versions.keep(session, author, (kind, "", language), *each)
            for language, each in words.items()
        ]
        return kept, any(changes)

    kept, changed = retrying(keep)
    if removed:
        flash(gettext("The standard answer is removed. Answers that were sent stay."), "ok")
        return redirect(url_for("letters.answers_page"), 303)
    if changed:
        flash(gettext("The standard answer is saved as a new version."), "ok")
    else:
        flash(gettext("This wording is in use already. Nothing was changed."), "ok")
    return redirect(url_for("letters.answer_page", number=kept), 303)


def _answer_errors(words: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return the errors of a standard answer by field; it needs words in one language at least."""
    errors: dict[str, str] = {}
    for language, (title, text) in words.items():
        if title or text:
            faults = custom_wording.faults(custom_wording.ANSWERS, "", title, text)
            translated = translated_errors(Invalid(faults))
            errors |= {f"{name}_{language}": fault for name, fault in translated.items()}
    if not any(title or text for title, text in words.values()):
        errors[f"text_{web.language()}"] = gettext("Write the answer in one language at least.")
    return errors


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
        "evidence_due": gettext("the day by which evidence is due"),
        "slots": gettext("the slots, one per line"),
        "answers": gettext("the answers, one per line"),
        "was": gettext("the previous date"),
        "days": gettext("the number of days left"),
        "reason": gettext("the reason given"),
        "bring": gettext("what to bring"),
        "said": gettext("the reply from a calendar"),
    }

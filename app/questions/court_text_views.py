"""Settings page of the court's own words for what counsel often ask."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user

from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import Invalid
from app.core.translation import translate
from app.core.web.access import may
from app.core.web.params import translated_errors
from app.core.wording import MOST_TYPED
from app.court.authorship import signed_in_author
from app.questions import court_texts
from app.questions.court_texts import MAX_TEXT, CourtText

bp = Blueprint("court_texts", __name__)
Texts = dict[tuple[str, str], str]


@bp.get("/settings/answers")
@may("set_up")
def listed() -> str:
    """Show each text in both languages, in a form."""
    return _page(court_texts.current(db.session(), current_user.court_id))


def _page(texts: Texts, **more: Any) -> str:
    return render_template(
        "court/answers.html",
        groups=[(text, _keys_of(text)) for text in CourtText],
        texts=texts,
        defaults={
            (text.value, language): translate(text.default, language)
            for text in CourtText
            for language in wording.LANGUAGES
        },
        most=MAX_TEXT,
        **{"errors": {}, **more},
    )


def _keys_of(text: CourtText) -> list[tuple[str, str]]:
    """Return the keys of a text with their labels; of what to bring, one for each kind too."""
    language = web.language()
    labels = {
        f"{CourtText.BRING}-{kind}": wording.kind_name(kind, language) for kind in court_texts.KINDS
    }
    return [
        (key, labels.get(key, gettext(text.label)))
        for key in court_texts.text_keys()
        if key.partition("-")[0] == text
    ]


@bp.post("/settings/answers")
@may("set_up")
def save() -> Any:
    """Save the texts that were changed, each as a new version."""
    typed = {
        (key, language): court_texts.tidied(request.form.get(f"{key}-{language}", "")[:MOST_TYPED])
        for key in court_texts.text_keys()
        for language in wording.LANGUAGES
    }
    author = signed_in_author()
    try:
        count = retrying(lambda session: court_texts.save(session, author(session), typed))
    except Invalid as fault:
        return _page(typed, errors=translated_errors(fault)), 422
    flash(
        ngettext(
            "%(num)s text changed. Counsel of all sides read it from now on.",
            "%(num)s texts changed. Counsel of all sides read them from now on.",
            count,
        )
        if count
        else gettext("Nothing was changed."),
        "ok",
    )
    return redirect(url_for("court_texts.listed"), 303)

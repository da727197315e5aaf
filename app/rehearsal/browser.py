"""Pure: a page as a browser without scripts has it: its words, its forms and their fields."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class HtmlForm:
    """One form: where it goes, what is filled in already, and between what there is to choose."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, **given: str) -> dict[str, str]:
        """Return what is posted once a person has filled this in."""
        return {**self.fields, **given}


class HtmlPage(HTMLParser):
    """A page that was read: ``forms``, and ``words``, all text that a person sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self._open: HtmlForm | None = None
        self._textarea = ""
        self._hidden = 0
        self._words: list[str] = []
        self.feed(html)

    @property
    def words(self) -> str:
        """The text of the page on one line."""
        return " ".join(" ".join(self._words).split())

    def form_with(self, prefix: str) -> HtmlForm | None:
        """Return the form that asks for fields whose names begin so."""
        return next(
            (form for form in self.forms if any(name.startswith(prefix) for name in form.choices)),
            None,
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a form, or a field of the open one."""
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = HtmlForm(has.get("action", ""), has.get("method", "get").lower())
            self.forms.append(self._open)
        elif tag in ("script", "style"):
            self._hidden += 1
        elif self._open is not None and has.get("name"):
            self._field(tag, has)

    def _field(self, tag: str, has: dict[str, str]) -> None:
        form, name, kind = self._open, has["name"], has.get("type", "text").lower()
        if form is None or tag not in ("input", "textarea", "select"):
            return
        if tag == "textarea":
            self._textarea = name
            form.fields[name] = ""
        elif kind in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(has.get("value", "on"))
            if "checked" in has:
                form.fields[name] = has.get("value", "on")
        elif kind not in ("submit", "button", "reset", "image"):
            form.fields[name] = has.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._textarea = ""
        elif tag in ("script", "style"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        """Keep words, or what a text field holds already."""
        if self._textarea and self._open is not None:
            self._open.fields[self._textarea] += data.strip()
        elif not self._hidden:
            self._words.append(data)

"""Pure: an HTML page as a browser without scripts sees it: text, forms and their fields."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class HtmlForm:
    """One form: action, method, the fields with their values, the options of each choice.

    ``ticked`` holds all values of the boxes that are ticked, of which ``fields`` has the last.
    """

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    ticked: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, **values: str) -> dict[str, str]:
        """Return the data that is posted with these fields filled in."""
        return {**self.fields, **values}


class HtmlPage(HTMLParser):
    """A parsed page: ``forms``, and ``words``, all visible text."""

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
        """Return the form that has choices whose names begin with the prefix."""
        return next(
            (form for form in self.forms if any(name.startswith(prefix) for name in form.choices)),
            None,
        )

    def form_to(self, address: str) -> HtmlForm | None:
        """Return the form that is posted to an address with this end, query left out."""
        posted = (form for form in self.forms if form.method == "post")
        return next(
            (form for form in posted if form.action.partition("?")[0].endswith(address)), None
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or add a field to the open one."""
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = HtmlForm(
                attributes.get("action", ""), attributes.get("method", "get").lower()
            )
            self.forms.append(self._open)
        elif tag in ("script", "style"):
            self._hidden += 1
        elif self._open is not None and attributes.get("name"):
            self._field(tag, attributes)

    def _field(self, tag: str, attributes: dict[str, str]) -> None:
        form, name, kind = self._open, attributes["name"], attributes.get("type", "text").lower()
        if form is None or tag not in ("input", "textarea", "select"):
            return
        if tag == "textarea":
            self._textarea = name
            form.fields[name] = ""
        elif kind in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(attributes.get("value", "on"))
            if "checked" in attributes:
                form.fields[name] = attributes.get("value", "on")
                form.ticked.setdefault(name, []).append(attributes.get("value", "on"))
        elif kind not in ("submit", "button", "reset", "image"):
            form.fields[name] = attributes.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._textarea = ""
        elif tag in ("script", "style"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        """Collect text, or the value of a text area."""
        if self._textarea and self._open is not None:
            self._open.fields[self._textarea] += data.strip()
        elif not self._hidden:
            self._words.append(data)

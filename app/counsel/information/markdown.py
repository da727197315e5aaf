"""Pure: the part of Markdown in which our documents are written, as HTML.

A library was not taken for it: the documents use headings, paragraphs, lists, tables, emphasis,
code and links, a test holds them to that, and everything else stays text.
"""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_HEADING = re.compile(r"(#{1,3}) (.+)")
_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^)\s]+)\)")


def html(text: str) -> Markup:
    """Return a document as HTML; what a reader would take for markup is escaped."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return Markup("\n").join(part for block in blocks for part in _block(block.split("\n")))


def _block(lines: list[str]) -> Iterator[Markup]:
    """Yield the HTML of one block: a heading may be followed by what is below it."""
    if found := _HEADING.fullmatch(lines[0]):
        level = len(found[1])
        yield Markup("<h{0}>{1}</h{0}>").format(level, _inline(found[2]))
        lines = lines[1:]
    if not lines:
        return
    if all(line.startswith("- ") for line in lines):
        yield _list(lines)
    elif all(line.startswith("|") for line in lines):
        yield _table(lines)
    else:
        yield Markup("<p>{}</p>").format(_inline(" ".join(lines)))


def _list(lines: list[str]) -> Markup:
    items = (Markup("<li>{}</li>").format(_inline(line[2:])) for line in lines)
    return Markup("<ul>{}</ul>").format(Markup("").join(items))


def _table(lines: list[str]) -> Markup:
    """Return a table whose second line parts its head from its body."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(_inline(c)) for c in rows[0])
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            _inline(row[0]),
            Markup("").join(Markup("<td>{}</td>").format(_inline(c)) for c in row[1:]),
        )
        for row in rows[2:]
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)


def _inline(text: str) -> Markup:
    """Return the text of a line with its emphasis, code and links."""
    parts, at = [], 0
    for found in _INLINE.finditer(text):
        parts += [escape(text[at : found.start()]), _span(found)]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def _span(found: re.Match[str]) -> Markup:
    code, strong, emphasis, words, address = found.groups()
    if code:
        return Markup("<code>{}</code>").format(code)
    if strong:
        return Markup("<strong>{}</strong>").format(strong)
    if emphasis:
        return Markup("<em>{}</em>").format(emphasis)
    if address.startswith(("https://", "/")):
        return Markup('<a href="{}">{}</a>').format(address, words)
    return escape(words)  # another document, which the application does not serve

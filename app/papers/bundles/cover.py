"""Words of the cover sheet and of sheets in place of papers, in the language of the page."""

import datetime as dt
from collections.abc import Iterator

from flask_babel import gettext, ngettext

from app.cases.models import Case
from app.core import web, wording
from app.papers import rules
from app.papers.bundles.contents import Bundle, BundledFile, BundledPaper
from app.papers.bundles.merged import CoverSheets
from app.papers.bundles.sheets import Line, LineStyle
from app.papers.rules import COURT_SIDE, PaperKind


def side_name(case: Case, side: str) -> str:
    """Return how a side is named: the court by its own name."""
    return case.court.name if side == COURT_SIDE else wording.side_name(side, web.language())


def texts(case: Case, bundle: Bundle, now: dt.datetime) -> CoverSheets:
    """Return what stands on the cover sheet of a bundle, and on the others."""
    sides = list(dict.fromkeys(each.side for each in bundle.papers))
    groups = {side: side_name(case, side) for side in sides}
    return CoverSheets(
        title=gettext("Papers of case %(number)s", number=case.number),
        cover=list(_cover(case, bundle, groups, now)),
        groups=groups,
        titles=[_title(each) for each in bundle.papers],
        instead=[list(_instead(each)) for each in bundle.papers],
        fault=Line(
            LineStyle.TEXT, gettext("This paper cannot be shown here. It is in the zip as filed.")
        ),
    )


def _title(paper: BundledPaper) -> str:
    return f"{paper.number}. {paper.name or gettext('sealed')}"


def _cover(case: Case, bundle: Bundle, groups: dict[str, str], now: dt.datetime) -> Iterator[Line]:
    language, zone = web.language(), case.court.zone
    yield Line(LineStyle.TITLE, gettext("Papers"))
    yield Line(LineStyle.TEXT, case.court.name)
    yield Line(LineStyle.TEXT, f"{case.number} {case.title}".strip())
    when = wording.moment(now, zone, language)
    yield Line(LineStyle.TEXT, gettext("As of %(when)s", when=when))
    for side, name in groups.items():
        papers = [each for each in bundle.papers if each.side == side]
        count = ngettext("%(num)s paper", "%(num)s papers", len(papers))
        yield Line(LineStyle.HEADING, f"{name}{wording.colon(language)}{count}")
        for paper in papers:
            yield from _listed(paper, zone)
    if not groups:
        yield Line(LineStyle.TEXT, gettext("No papers were filed in this case yet."))


def _listed(paper: BundledPaper, zone: str) -> Iterator[Line]:
    language = web.language()
    yield Line(LineStyle.TEXT, _title(paper))
    kind = PaperKind(paper.kind).label if paper.kind in list(PaperKind) else ""
    when = wording.moment(paper.filed_at, zone, language)
    facts = [gettext(kind) if kind else "", paper.filed_by]
    facts.append(gettext("filed %(when)s", when=when))
    yield Line(LineStyle.SMALL, wording.comma(language).join(each for each in facts if each))
    for file in paper.files:
        yield Line(LineStyle.SMALL, f"SHA-256 {rules.grouped(file.digest)}")


def _instead(paper: BundledPaper) -> Iterator[Line]:
    """Yield the sheet for files of a paper that no PDF shows."""
    hidden = [each for each in paper.files if each.withheld is not None or not each.shown]
    if not hidden:
        return
    yield Line(LineStyle.TITLE, _title(paper))
    for file in hidden:
        if file.name:
            yield Line(LineStyle.HEADING, f"{file.name} ({rules.megabytes(file.size)})")
        yield Line(LineStyle.TEXT, _reason(paper, file))
        yield Line(LineStyle.SMALL, f"SHA-256 {rules.grouped(file.digest)}")


def _reason(paper: BundledPaper, file: BundledFile) -> str:
    if paper.is_sealed:
        return gettext("Sealed until the exchange closes.")
    if file.withheld is not None:
        return gettext(file.withheld.words)
    return gettext("This file has no pages that could be shown here. It is in the zip as filed.")

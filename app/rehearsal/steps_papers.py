"""Steps: a side files a paper on the real page; the other side is told, opens and confirms it."""

import hashlib
import re
from urllib.parse import urljoin

import requests

from app.core.errors import N_, Message
from app.rehearsal.browser import HtmlPage
from app.rehearsal.environment import PATIENCE, RehearsalEnvironment
from app.rehearsal.report import ANSWERED, NotObserved, expect
from app.rehearsal.script import COUNSEL, RehearsalScript
from app.rehearsal.steps_agree import submit
from app.rehearsal.steps_ask import addressed

NAME = "rehearsal.pdf"
CONTENT = b"%PDF-1.4\n% rehearsal\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n%%EOF\n"
DOWNLOAD = re.compile(r'href="(/download/[^"]+)"')


def file_paper(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Upload a paper by the form of the first side's page and file it; compare the receipt."""
    who = COUNSEL[0]
    page = f"{script.links[who.name]}/papers"
    _post_file(env, page)
    form = HtmlPage(env.http.get(page, timeout=PATIENCE).text).form_to("/papers")
    if form is None:
        raise NotObserved(N_("the page has no form to %(address)s"), address="/papers")
    filed = env.http.post(urljoin(page, form.action), data=form.filled(do="file"), timeout=PATIENCE)
    expect(
        filed.status_code == 200 and "/papers/receipt" in filed.url,
        ANSWERED,
        request="POST …/papers",
        status=filed.status_code,
        answer=HtmlPage(filed.text).words[:200],
    )
    receipt = env.http.get(
        filed.url.replace("/receipt?", "/receipt.json?"), timeout=PATIENCE
    ).json()
    digest = receipt["papers"][0]["files"][0]["sha256"]
    own = hashlib.sha256(CONTENT).hexdigest()
    expect(digest == own, N_("the receipt has the digest %(digest)s"), digest=digest)
    words = N_("%(name)s filed a paper; the receipt %(number)s has its SHA-256")
    return Message(words, name=who.name, number=receipt["receipt"])


def _post_file(env: RehearsalEnvironment, page: str) -> None:
    """Choose a file on the page of papers, and keep it."""
    form = HtmlPage(env.http.get(page, timeout=PATIENCE).text).form_to("/papers")
    if form is None:
        raise NotObserved(N_("the page has no form to %(address)s"), address="/papers")
    answer = env.http.post(
        urljoin(page, form.action),
        data=form.filled(do="add"),
        files={"file": (NAME, CONTENT, "application/pdf")},
        timeout=PATIENCE,
    )
    expect(
        answer.status_code == 200,
        ANSWERED,
        request="POST …/papers",
        status=answer.status_code,
        answer=HtmlPage(answer.text).words[:200],
    )


def receive_paper(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Check that the other side is told; open, download and confirm the paper by its link."""
    who = COUNSEL[1]
    script.arrived = env.beat()
    notified = addressed(script.arrived, who)
    expect(notified, N_("%(name)s was not told of the paper"), name=who.name)
    page = f"{script.links[who.name]}/papers"
    _, answer = env.api("GET", f"/cases/{script.case_ids[0]}/papers")
    paper_id = str(answer["filings"][0]["papers"][0]["id"])
    submit(env, page, "/papers/item", paper=paper_id)
    item = env.http.get(f"{page}/item?id={paper_id}", timeout=PATIENCE)
    links = DOWNLOAD.findall(item.text)
    expect(links, N_("the paper cannot be downloaded after it was opened"))
    # As a browser without cookies.
    got = requests.get(urljoin(page, links[0]), timeout=PATIENCE)
    same = hashlib.sha256(got.content).hexdigest() == hashlib.sha256(CONTENT).hexdigest()
    expect(same, N_("the download differs from what was filed"))
    submit(env, page, "/papers/received", sure="1")
    _, answer = env.api("GET", f"/cases/{script.case_ids[0]}/papers")
    [reading] = answer["filings"][0]["papers"][0]["readings"]
    both = reading["opened_at"] and reading["confirmed_at"]
    expect(both, N_("the court does not see that it was opened and confirmed"))
    words = N_("%(name)s was told, opened it, downloaded the same bytes, and confirmed receipt")
    return Message(words, name=who.name)

"""Papers: upload rate, memory with ten uploads, HEIC to page, pages of papers: `make bench-papers`.

    python bench/papers.py [--postgresql] [--runs 5] [--megabytes 50] [--items 500] [--quick]

An upload by the protocol tus is compared, in turns, with the same bytes put to a bare Flask view
that writes and syncs them, under the same server and on the same disk. Memory is the PSS of all
page processes while ten uploads run at once. Pages are asked for in the process itself.
"""

import argparse
import base64
import datetime as dt
import hashlib
import io
import os
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import filling
import pillow_heif
import requests
import sqlalchemy as sa
from databases import Stage, throwaway
from large_case import CASE, KEY
from measuring import Row, in_turns, machine, median, options, table
from memory import children, held
from PIL import Image
from serving import Server, bare, scenario

from app.cases import forms as case_forms
from app.cases import keys
from app.cases import service as cases
from app.cases.models import Case, Representation
from app.core import document_types
from app.core.db import db, transaction
from app.core.forms import load
from app.papers.models import Filing, Paper, PaperFile
from app.papers.rules import FilingState
from app.people.models import User
from app.storage import stores
from app.storage.models import StoredFile
from app.worker import beat

AT_ONCE = 10
SHARE, FLAT = 0.8, 30  # of the bare view; MB more than without uploads
HEIC_SECONDS, PAGE_MS, LIST_MS = 1.5, 200, 100
PART = 8 * 1024 * 1024  # bytes of a request of papers.js
TUS = {"Tus-Resumable": "1.0.0"}


def main() -> None:
    """Measure on one database, print the table, and fail if something is missed."""
    rows = measure(options(__doc__, megabytes=50, items=500))
    print(f"{machine()}; load {os.getloadavg()[0]:.1f}\n\n{table(rows)}")
    sys.exit(0 if all(row.kept is not False for row in rows) else 1)


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Return a row for each measurement."""
    if arguments.quick:
        arguments.megabytes, arguments.items = 5, 50
    with throwaway(arguments.postgresql) as stage:
        filling.court()
        token = _case()
        limits = {"TINGQI_PAPERS_FILING_MB": "100000", "TINGQI_TRUSTED_PROXIES": "1"}
        with (
            scenario(stage.folder, stage.url, **limits) as ours,
            bare(stage.beside, folder=stage.folder) as beside,
        ):
            rows = [
                *_rates(stage, ours, beside, token, arguments),
                *_memory(stage, ours, token, arguments),
            ]
        return [*rows, _heic(stage, token, arguments), *_pages(stage, token, arguments)]


def _case() -> str:
    """Enter a case; return the key of one of its counsel."""
    with transaction() as session:
        user = session.scalars(sa.select(User)).first()
        assert user
        now = dt.datetime.now(dt.UTC)
        cases.enter(session, user.court, user, load(case_forms.CaseIn, CASE), now)
        representation_id = session.scalar(sa.select(sa.func.max(Representation.id)))
        assert representation_id
        keys.issue(session, [representation_id], KEY)
    return keys.of_representation(KEY, representation_id, 1).token


def _body(megabytes: int) -> bytes:
    return b"%PDF-1.7\n" + os.urandom(megabytes * 1024 * 1024 - 9)


def _upload(client: requests.Session, server: Server, token: str, body: bytes, part: int) -> None:
    """Upload a file in parts."""
    name = base64.b64encode(b"bench.pdf").decode()
    head = {**TUS, "Upload-Length": str(len(body)), "Upload-Metadata": f"filename {name}"}
    # Each of its own address: the limits of requests are no part of this.
    client.headers["X-Forwarded-For"] = ".".join(map(str, os.urandom(4)))
    created = client.post(f"{server.address}/r/{token}/papers/uploads", headers=head)
    created.raise_for_status()
    for at in range(0, len(body), part):
        head = {
            **TUS,
            "Upload-Offset": str(at),
            "Content-Type": "application/offset+octet-stream",
        }
        data = memoryview(body)[at : at + part]
        address = server.address + created.headers["Location"]
        client.patch(address, data=io.BytesIO(data), headers=head).raise_for_status()


def _rates(
    stage: Stage, ours: Server, beside: Server, token: str, arguments: argparse.Namespace
) -> Iterator[Row]:
    client = requests.Session()
    for part, words in ((sys.maxsize, "in one request"), (PART, "in parts of 8 MB")):
        tested, baseline = [], []
        for _ in range(arguments.runs + 1):  # the first one warms up
            body = _body(arguments.megabytes)
            begun = time.perf_counter()
            put = client.put(f"{beside.address}/upload", data=io.BytesIO(body))
            put.raise_for_status()
            middle = time.perf_counter()
            _upload(client, ours, token, body, part)
            baseline.append(len(body) / (middle - begun) / 1e6)
            tested.append(len(body) / (time.perf_counter() - middle) / 1e6)
        ratio = in_turns(tested[1:], baseline[1:])
        yield Row(
            f"Upload of {arguments.megabytes} MB {words}",
            stage.database,
            f"≥ {SHARE:.0%} of a bare view",
            f"{ratio:.0%}",
            f"{median(tested[1:]):.0f} MB/s",
            f"{median(baseline[1:]):.0f} MB/s",
            kept=ratio >= SHARE,
        )


def _memory(stage: Stage, ours: Server, token: str, arguments: argparse.Namespace) -> Iterator[Row]:
    """Upload ten files at once by tus, then by ten forms; each has bytes of its own."""
    bodies = [_body(arguments.megabytes) for _ in range(AT_ONCE)]

    def by_tus(n: int) -> None:
        _upload(requests.Session(), ours, token, bodies[n], PART)

    def by_form(n: int) -> None:
        files = {"file": (f"{n}.pdf", bodies[n])}
        address = f"{ours.address}/r/{token}/papers"
        answer = requests.post(address, files=files, data={"do": "add"}, timeout=600)
        assert answer.status_code == 422, answer.status_code  # the form has no page key

    for words, send in (("by tus", by_tus), ("by forms", by_form)):
        before = _held(ours)
        with _watched(lambda: _held(ours)) as found, ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(send, range(AT_ONCE)))
        most = max([*found, _held(ours)])
        yield Row(
            f"Memory while {AT_ONCE} files of {arguments.megabytes} MB come at once {words}",
            stage.database,
            f"≤ {FLAT} MB more, each process",
            f"{(most - before) / FLAT:.0%}",
            f"{most:.0f} MB at most",
            f"{before:.0f} MB before",
            kept=most - before <= FLAT,
        )


def _held(server: Server) -> float:
    """Return the PSS of the largest page process in MB."""
    return max(held(pid) for pid in children(server.pid))


@contextmanager
def _watched(held_now: Callable[[], float]) -> Iterator[list[float]]:
    found: list[float] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            found.append(held_now())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()


def _heic(stage: Stage, token: str, arguments: argparse.Namespace) -> Row:
    """Make the page of a photograph of 12 megapixels, as an iPhone sends it."""
    seconds = []
    beat.read_papers(stage.app)  # what was uploaded before
    picture = Image.effect_noise((504, 378), 60).resize((4032, 3024), Image.Resampling.BICUBIC)
    written = io.BytesIO()
    pillow_heif.from_pillow(picture.convert("RGB")).save(written, quality=70)
    for n in range(arguments.runs):
        # A box that readers skip (ISO 14496-12, 8.1.2): each file has bytes of its own.
        free = struct.pack(">I4sI", 12, b"free", n)
        _file(stage, written.getvalue() + free, document_types.HEIC, "IMG_1.heic")
        begun = time.perf_counter()
        beat.read_papers(stage.app)
        seconds.append(time.perf_counter() - begun)
    with transaction() as session:
        made = session.scalars(sa.select(PaperFile).order_by(PaperFile.id.desc())).first()
        assert made
        assert made.image_id is not None, made.reading_note
    return Row(
        "HEIC of 12 megapixels to page",
        stage.database,
        f"≤ {HEIC_SECONDS} s",
        f"{median(seconds) / HEIC_SECONDS:.0%}",
        f"{median(seconds):.2f} s",
        kept=median(seconds) <= HEIC_SECONDS,
    )


def _file(stage: Stage, body: bytes, media_type: str, name: str) -> int:
    """File a paper of the other side, its bytes in the store; return its id."""
    store = stage.app.extensions["tingqi"].files
    now = dt.datetime.now(dt.UTC)
    staged = stores.stage(store, now, len(body))
    staged.write(body)
    store.publish(staged)
    staged.discard()
    digest = hashlib.sha256(body).hexdigest()
    with transaction() as session:
        stored = StoredFile(digest=digest, size=len(body), created_at=now)
        session.add(stored)
        case = session.scalars(sa.select(Case).order_by(Case.id.desc())).first()
        assert case
        number = (session.scalar(sa.select(sa.func.max(Filing.number))) or 0) + 1
        representation = session.scalars(
            sa.select(Representation).order_by(Representation.id.desc())
        )
        own = representation.first()
        assert own
        filing = Filing(
            court_id=case.court_id,
            case=case,
            representation=own,
            counsel_id=own.counsel_id,
            side=own.party.side,
            state=FilingState.FILED.value,
            number=number,
            seq=number,
            created_at=now,
            filed_at=now,
            refused=[],
        )
        paper = Paper(position=1, number=number, name=name, kind="other", proves="")
        file = PaperFile(
            position=1,
            file=stored,
            name=name,
            media_type=media_type,
            size=len(body),
            digest=digest,
        )
        paper.files.append(file)
        filing.papers.append(paper)
        session.add(filing)
        session.flush()
        return paper.id


def _pages(stage: Stage, token: str, arguments: argparse.Namespace) -> Iterator[Row]:
    """Ask for one paper with its image, and for the list of some hundred papers."""
    paper_id = db.session.scalar(sa.select(sa.func.max(Paper.id)))
    db.session.rollback()
    for n in range(arguments.items):
        _file(stage, b"%%PDF-1.7 %d" % n, document_types.PDF, f"证据{n}.pdf")
    client = stage.app.test_client()
    for words, path, most in (
        ("A paper's page", f"/r/{token}/papers/item?id={paper_id}", PAGE_MS),
        (f"List of {arguments.items} papers", f"/r/{token}/papers", LIST_MS),
    ):
        times = []
        for _ in range(max(arguments.runs, 5) + 1):
            begun = time.perf_counter()
            assert client.get(path).status_code == 200
            times.append(1000 * (time.perf_counter() - begun))
        yield Row(
            words,
            stage.database,
            f"≤ {most} ms",
            f"{median(times[1:]) / most:.0%}",
            f"{median(times[1:]):.0f} ms",
            kept=median(times[1:]) <= most,
        )


if __name__ == "__main__":
    main()

"""Papers: upload rate, memory with ten uploads, HEIC to page, pages of papers: `make bench-papers`.

    python bench/papers.py [--postgresql] [--runs 5] [--megabytes 50] [--items 500] [--quick]

An upload by the protocol tus is compared, in turns, with the same bytes put to a bare Flask view
that writes and syncs them, under the same server and on the same disk; and with a view that hashes
them too. Memory is the PSS of all page processes while ten uploads run at once. Pages are asked for
in the process itself: the median time of the server, and beside it that of the processor, which a
busy machine changes less.
"""

import argparse
import base64
import datetime as dt
import hashlib
import io
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import filling
import pillow_heif
import requests
import sqlalchemy as sa
from databases import Stage, throwaway
from flask.testing import FlaskClient
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
from app.core.runtime import gc_tuning
from app.papers.models import Filing, Paper, PaperFile
from app.papers.rules import FilingState
from app.people import service as people
from app.people.models import User
from app.storage import stores
from app.storage.models import StoredFile
from app.worker import beat

AT_ONCE = 10
PAGES = 30  # times that a page is asked for
PASSWORD = "a password of the bench"
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
        token = _case()[1][-1]
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


def _on_disk(folder: Path) -> str:
    """Return the kind of file system that a folder lies on: "ext4", "tmpfs"."""
    command = ["stat", "--file-system", "--format=%T", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _case(number: int = 1) -> tuple[int, Sequence[str]]:
    """Enter a case; return its id, and the keys of its counsel. The last one files in it."""
    with transaction() as session:
        user = session.scalars(sa.select(User)).first()
        assert user
        now = dt.datetime.now(dt.UTC)
        facts = load(case_forms.CaseIn, {**CASE, "number": f"（2026）沪0115民初{number}号"})
        case_id = cases.enter(session, user.court, user, facts, now).id
        acting = sa.select(Representation.id).where(Representation.party.has(case_id=case_id))
        ids = session.scalars(acting.order_by(Representation.id)).all()
        keys.issue(session, ids, KEY)
    return case_id, [keys.of_representation(KEY, each, 1).token for each in ids]


def _body(megabytes: int) -> bytes:
    return b"%PDF-1.7\n" + os.urandom(megabytes * 1024 * 1024 - 9)


def _upload(client: requests.Session, server: Server, token: str, body: bytes, part: int) -> None:
    """Upload a file in parts."""
    _send(client, server, token, len(body), _parts(body, part))


def _parts(body: bytes, part: int) -> list[io.BytesIO]:
    return [io.BytesIO(body[at : at + part]) for at in range(0, len(body), part)]


def _send(
    client: requests.Session, server: Server, token: str, size: int, parts: Sequence[io.BytesIO]
) -> None:
    name = base64.b64encode(b"bench.pdf").decode()
    head = {**TUS, "Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
    # Each of its own address: the limits of requests are no part of this.
    client.headers["X-Forwarded-For"] = ".".join(map(str, os.urandom(4)))
    created = client.post(f"{server.address}/r/{token}/papers/uploads", headers=head)
    created.raise_for_status()
    address, at = server.address + created.headers["Location"], "0"
    for part in parts:
        head = {**TUS, "Upload-Offset": at, "Content-Type": "application/offset+octet-stream"}
        taken = client.patch(address, data=part, headers=head)
        taken.raise_for_status()
        at = taken.headers["Upload-Offset"]


def _rates(
    stage: Stage, ours: Server, beside: Server, token: str, arguments: argparse.Namespace
) -> Iterator[Row]:
    disk = _on_disk(stage.folder)
    for part, words in ((sys.maxsize, "in one request"), (PART, "in parts of 8 MB")):
        for hashed, target in ((False, SHARE), (True, None)):
            tested, baseline = _in_pairs(ours, beside, token, arguments, part, hashed)
            ratio = in_turns(tested[1:], baseline[1:])
            yield Row(
                f"Upload of {arguments.megabytes} MB {words}"
                + (", beside a view that hashes too" if hashed else ""),
                stage.database,
                f"≥ {SHARE:.0%} of a bare view" if target else "",
                f"{ratio:.0%}",
                f"{median(tested[1:]):.0f} MB/s",
                f"{median(baseline[1:]):.0f} MB/s",
                f"on {disk}",
                kept=ratio >= target if target else None,
            )


def _in_pairs(
    ours: Server,
    beside: Server,
    token: str,
    arguments: argparse.Namespace,
    part: int,
    hashed: bool,
) -> tuple[list[float], list[float]]:
    """Return the rates of uploads and of the view beside them in turns, in MB/s."""
    client = requests.Session()
    tested, baseline = [], []
    address = f"{beside.address}/upload" + ("?hashed=1" if hashed else "")
    for _ in range(arguments.runs + 1):  # the first one warms up
        body = _body(arguments.megabytes)
        whole, parts = io.BytesIO(body), _parts(body, part)  # by now they are in memory
        begun = time.perf_counter()
        client.put(address, data=whole).raise_for_status()
        middle = time.perf_counter()
        _send(client, ours, token, len(body), parts)
        baseline.append(len(body) / (middle - begun) / 1e6)
        tested.append(len(body) / (time.perf_counter() - middle) / 1e6)
    return tested, baseline


def _memory(stage: Stage, ours: Server, token: str, arguments: argparse.Namespace) -> Iterator[Row]:
    """Upload ten files at once by tus, then by ten forms; each has bytes of its own."""
    bodies = [_body(arguments.megabytes) for _ in range(AT_ONCE)]

    def by_tus(n: int) -> None:
        _upload(requests.Session(), ours, token, bodies[n], PART)

    def by_form(n: int, body: bytes = b"") -> None:
        files = {"file": (f"{n}.pdf", body or bodies[n])}
        address = f"{ours.address}/r/{token}/papers"
        head = {"X-Forwarded-For": ".".join(map(str, os.urandom(4)))}
        answer = requests.post(address, files=files, data={"do": "add"}, headers=head, timeout=600)
        assert answer.status_code == 422, answer.status_code  # the form has no page key

    with ThreadPoolExecutor(AT_ONCE) as pool:  # each process has answered such a form before
        list(pool.map(lambda n: by_form(n, b"%PDF-1.7"), range(2 * AT_ONCE)))
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


def _filings(number: int, count: int, papers: int) -> tuple[int, Sequence[str]]:
    """Make a case with filings of some papers each; return its id and the keys of its counsel."""
    case_id, tokens = _case(number)
    now = dt.datetime.now(dt.UTC)
    with transaction() as session:
        acting = sa.select(Representation).where(Representation.party.has(case_id=case_id))
        own = session.scalars(acting.order_by(Representation.id.desc())).first()
        assert own
        for n in range(count):
            filing = Filing(
                court_id=own.party.case.court_id,
                case=own.party.case,
                representation=own,
                counsel_id=own.counsel_id,
                side=own.party.side,
                state=FilingState.FILED.value,
                number=n + 1,
                seq=n + 1,
                created_at=now,
                filed_at=now,
                refused=[],
            )
            for place in range(papers):
                filing.papers.append(_paper(number, n * papers + place + 1, place + 1, now))
            session.add(filing)
    return case_id, tokens


def _paper(case_number: int, number: int, position: int, now: dt.datetime) -> Paper:
    digest = hashlib.sha256(b"%d %d" % (case_number, number)).hexdigest()
    name = f"证据{number}.pdf"
    paper = Paper(position=position, number=number, name=name, kind="other", proves="")
    paper.files.append(
        PaperFile(
            position=1,
            file=StoredFile(digest=digest, size=1000, created_at=now),
            name=name,
            media_type=document_types.PDF,
            size=1000,
            digest=digest,
        )
    )
    return paper


def _pages(stage: Stage, token: str, arguments: argparse.Namespace) -> Iterator[Row]:
    """Ask for one paper with its image, and for the lists of some hundred papers."""
    paper_id = db.session.scalar(sa.select(sa.func.max(Paper.id)))
    db.session.rollback()
    asked = [("A paper's page", f"/r/{token}/papers/item?id={paper_id}", PAGE_MS)]
    items = arguments.items
    for number, count in ((2, items), (3, 20)):
        case_id, tokens = _filings(number, count, items // count)
        words = f"list of {items} papers in {count} filings"
        asked += [
            (f"Counsel's own {words}", f"/r/{tokens[-1]}/papers", LIST_MS),
            (f"Counsel's {words} of others", f"/r/{tokens[0]}/papers", LIST_MS),
            (f"The court's {words}", f"/cases/{case_id}/papers", LIST_MS),
        ]
    with transaction() as session:
        user = session.scalars(sa.select(User)).one()
        people.set_password(user, PASSWORD)
        sign_in = {"email": user.email, "password": PASSWORD}
    gc_tuning.tune()  # as `tingqi serve` does
    rows: list[Row] = []

    def ask_all() -> None:  # in a thread that has no session of its own to begin with
        client = stage.app.test_client()
        client.post("/sign-in", data=sign_in)
        for words, path, most in asked:
            rows.append(_asked(client, stage, words, path, most))

    thread = threading.Thread(target=ask_all)
    thread.start()
    thread.join()
    assert len(rows) == len(asked), "a page failed"
    yield from rows


def _asked(client: FlaskClient, stage: Stage, words: str, path: str, most: int) -> Row:
    times, processor = [], []
    for _ in range(PAGES + 3):  # the first ones compile templates and statements
        begun, spent = time.perf_counter(), time.process_time()
        assert client.get(path).status_code == 200, path
        times.append(1000 * (time.perf_counter() - begun))
        processor.append(1000 * (time.process_time() - spent))
    took = median(times[3:])
    return Row(
        words,
        stage.database,
        f"≤ {most} ms",
        f"{took / most:.0%}",
        f"{took:.0f} ms",
        "",
        f"{median(processor[3:]):.0f} ms of the processor",
        kept=took <= most,
    )


if __name__ == "__main__":
    main()

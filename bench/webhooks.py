"""Deliveries of webhooks per second to receivers on this machine, one of which hangs.

    python bench/webhooks.py [--postgresql] [--endpoints 100] [--events 200] [--cases 200] [--quick]

The worker's own dispatch delivers events, which are there before it begins, to all endpoints; one
of them accepts calls and never answers. The receivers are one process that checks nothing, so that
what is measured is the worker: claims, signatures, calls, and the writing of each result.
"""

import argparse
import ipaddress
import multiprocessing
import selectors
import socket
import threading
import time
from multiprocessing.sharedctypes import Synchronized

import filling
import sqlalchemy as sa
from databases import throwaway
from measuring import options

from app.cases.models import Case
from app.core.db import db, transaction
from app.court.models import Court, Judge
from app.events import service as events
from app.events.rules import EventType
from app.events.service import NewEvent
from app.webhooks import dispatch
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.worker import beat

TARGET = 1000  # deliveries per second
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


def main() -> None:
    """Measure on one database and print the figures."""
    asked = options(__doc__, endpoints=100, events=200, cases=200)
    if asked.quick:
        asked.endpoints, asked.events, asked.cases = 10, 20, 10
    measure(asked)


def measure(asked: argparse.Namespace) -> None:
    """Fill a database, deliver everything, and print deliveries per second."""
    count = multiprocessing.Value("l", 0)
    sink, hanging = (
        socket.create_server(("127.0.0.1", 0), backlog=500),
        socket.create_server(("127.0.0.1", 0)),
    )
    process = multiprocessing.Process(target=receive, args=[sink, count], daemon=True)
    process.start()
    with throwaway(asked.postgresql, hooks_inside=LOOPBACK) as stage:
        filling.court()
        fill(asked, sink.getsockname()[1], hanging.getsockname()[1])
        sender = beat.sender_of(stage.app)
        run = threading.Thread(target=deliver, args=[stage.app, sender], daemon=True)
        expected = (asked.endpoints - 1) * asked.events
        began, worked = time.monotonic(), time.process_time()
        run.start()
        while count.value < expected and run.is_alive():
            time.sleep(0.01)
        seconds, worked = time.monotonic() - began, time.process_time() - worked
        sender.stopping.set()
        run.join()
        check(expected)
        rate = count.value / seconds
        print(
            f"{stage.database}: {count.value} deliveries to {asked.endpoints - 1} endpoints in "
            f"{seconds:.1f} s while one hangs: {rate:.0f} a second (target {TARGET}); "
            f"{count.value / worked:.0f} for each second of the worker on one core"
        )
    process.kill()


def fill(asked: argparse.Namespace, port: int, hanging_port: int) -> None:
    """Add endpoints, and events of several cases in turns."""
    now = filling.NOW
    with transaction() as session:
        court = session.scalars(sa.select(Court)).one()
        judge = session.scalars(sa.select(Judge)).first()
        cases = [
            Case(
                court_id=court.id,
                number=f"W{n}",
                number_key=f"w{n}",
                title="",
                procedure="other",
                judge_id=judge.id,
                created_at=now,
            )
            for n in range(asked.cases)
        ]
        session.add_all(cases)
        session.flush()
        ports = [hanging_port, *[port] * (asked.endpoints - 1)]
        session.add_all(
            WebhookEndpoint(
                court_id=court.id,
                url=f"http://127.0.0.1:{each}/{n}",
                state="on",
                changed_at=now,
                created_at=now,
            )
            for n, each in enumerate(ports)
        )
        published = [
            NewEvent(
                type=EventType.ANSWER_GIVEN,
                court_id=court.id,
                case_id=cases[n % len(cases)].id,
                chain_seq=n,
                chain_hash="0" * 64,
                ids={"hearing_id": 1, "counsel_id": 1},
            )
            for n in range(asked.events)
        ]
        events.publish(session, published, now)


def deliver(app: object, sender: object) -> None:
    """Run the worker's dispatch until nothing is due."""
    with app.app_context():  # type: ignore[attr-defined]
        dispatch.deliver_due(sender)  # type: ignore[arg-type]


def check(expected: int) -> None:
    """Raise unless each delivery that was called is stored as delivered."""
    db.session.rollback()
    query = sa.select(sa.func.count()).where(WebhookDelivery.state == "delivered")
    assert db.session.scalar(query) == expected, (db.session.scalar(query), expected)


def receive(server: socket.socket, count: "Synchronized[int]") -> None:
    """Answer 204 to each POST on any number of connections."""
    selector = selectors.DefaultSelector()
    selector.register(server, selectors.EVENT_READ)
    buffers: dict[socket.socket, bytes] = {}
    while True:
        for key, _ in selector.select():
            if key.fileobj is server:
                connection, _ = server.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(connection, selectors.EVENT_READ)
                buffers[connection] = b""
                continue
            connection = key.fileobj  # type: ignore[assignment]
            data = connection.recv(65536)
            if not data:
                selector.unregister(connection)
                connection.close()
                continue
            buffers[connection] += data
            head, _, body = buffers[connection].partition(b"\r\n\r\n")
            length = (
                int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]) if body else -1
            )
            if 0 <= length <= len(body):
                connection.sendall(ANSWER)
                buffers[connection] = b""
                with count.get_lock():
                    count.value += 1


if __name__ == "__main__":
    main()

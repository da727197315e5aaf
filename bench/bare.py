"""The baseline: bare Flask views without our code, under the same server.

``/upload`` writes a file, and hashes it if asked to. ``/write`` does the minimum of an answer: one
indexed read, one insert, one commit, with the same libraries. ``/plain`` does the same without the
ORM. ``/page`` does the minimum of the page before it: one indexed read, one template, whose form
leads to ``/write``.
"""

import hashlib
import os
import secrets
import tempfile
from typing import Any

import sqlalchemy as sa
from flask import Flask, render_template, request, send_file
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SEATS = 100_000
PIECE = 1024 * 1024  # bytes of an upload that are read at once
URL = os.environ["BARE_DATABASE_URL"]


class Base(DeclarativeBase):
    """Declarative base of the bare app's two tables."""


db = SQLAlchemy(model_class=Base)
app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = URL
db.init_app(app)


class Seat(Base):
    """A respondent, found by a unique token."""

    __tablename__ = "bare_seat"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))


class Answer(Base):
    """An answer."""

    __tablename__ = "bare_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column()
    says: Mapped[str] = mapped_column(sa.String(10))


with app.app_context():
    engine = db.engine
_FIND = sa.select(Seat.__table__).where(Seat.__table__.c.digest == sa.bindparam("digest"))

if URL.startswith("sqlite"):  # with the house's habits

    @sa.event.listens_for(engine, "connect")
    def _habits(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for habit in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=15000",
            "cache_size=-16000",
            "wal_autocheckpoint=4000",
        ):
            connection.execute(f"PRAGMA {habit}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@app.get("/")
def trivial() -> str:
    """Return a trivial page."""
    return "ok"


PAGE = """<!doctype html><html lang="en"><head><title>Answer</title></head><body>
<h1>Which date suits you, {{ seat.name }}?</h1>
<form method="post" action="/write/{{ seat.digest }}" class="answer">
<input type="hidden" name="nonce" value="{{ nonce }}">
{% for n in range(1, 4) %}<fieldset class="slot" id="slot-{{ n }}"><legend>Slot {{ n }}</legend>
{% for says in ("yes", "no") %}<label><input type="radio" name="slot-{{ n }}" value="{{ says }}">
{{ says }}</label>{% endfor %}</fieldset>{% endfor %}
<button>Submit</button></form></body></html>"""
TEMPLATE = app.jinja_env.from_string(PAGE)


@app.get("/page/<digest>")
def page(digest: str) -> str:
    """Read one row by its index, and show it in a template with a form."""
    seat = db.session.scalars(sa.select(Seat).where(Seat.digest == digest)).one()
    return render_template(TEMPLATE, seat=seat, nonce=secrets.token_urlsafe(16))


@app.post("/write/<digest>")
def write(digest: str) -> tuple[str, int]:
    """Read one row by its index, insert one, commit."""
    respondent = db.session.scalars(sa.select(Seat).where(Seat.digest == digest)).one()
    db.session.add(Answer(seat_id=respondent.id, says=request.form.get("says", "yes")))
    db.session.commit()
    return "", 204


@app.post("/plain/<digest>")
def plain(digest: str) -> tuple[str, int]:
    """Do the same with SQL statements."""
    with engine.begin() as connection:
        respondent = connection.execute(_FIND, {"digest": digest}).one()
        row = {"seat_id": respondent.id, "says": request.form["says"]}
        connection.execute(sa.insert(Answer.__table__), row)
    return "", 204


@app.get("/file")
def file() -> object:
    """Send a file."""
    return send_file(os.environ["BARE_FILE"], mimetype="text/calendar")


@app.put("/upload")
def upload() -> tuple[str, int]:
    """Write the body to a new file and sync it; where ``?hashed``, with its SHA-256 beside it."""
    digest = hashlib.sha256() if "hashed" in request.args else None
    with tempfile.NamedTemporaryFile(dir=os.environ["BARE_FOLDER"]) as target:
        while part := request.stream.read(PIECE):
            target.write(part)
            if digest is not None:
                digest.update(part)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest() if digest is not None else "", 200


def furnish() -> None:
    """Create the tables and rows to be found."""
    with app.app_context():
        db.create_all()
        with engine.begin() as connection:
            rows = [{"digest": f"seat-{n}", "name": f"Counsel {n}"} for n in range(SEATS)]
            connection.execute(sa.insert(Seat.__table__), rows)


if __name__ == "__main__":
    furnish()

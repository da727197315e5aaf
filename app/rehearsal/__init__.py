"""`tingqi rehearse`: the whole job on a throw-away database, over real connections."""

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from app import config
from app.core.channels import Channel
from app.core.errors import N_, Message
from app.core.terminal import gettext, write_data
from app.rehearsal import report, steps
from app.rehearsal.environment import open_environment
from app.rehearsal.report import NotObserved, Observation, RehearsalReport, RehearsalStep
from app.rehearsal.script import RehearsalScript
from app.rehearsal.throwaway import database


def run(as_json: bool) -> int:
    """Rehearse on a throw-away database beside the one that is set; return the exit status.

    0 where every step succeeded, 1 where one did not. Raises Misconfigured where no throw-away
    database can be created. Nothing leaves this machine but SQL to the database server.
    """
    began = time.monotonic()
    tell = (lambda _: None) if as_json else partial(print, flush=True)
    settings = config.read()
    text_carrier = settings.carriers.text_carrier
    with database(settings.database_url) as url, open_environment(url, text_carrier) as env:
        script = RehearsalScript.beginning(env.clock.now())
        env.clock.set(script.start)
        mail, texts = (Message(env.labels[each]) for each in (Channel.EMAIL, Channel.SMS))
        words = N_("Rehearsing on %(database)s, with stand-ins for %(mail)s and %(texts)s.")
        tell(gettext(words, database=env.database, mail=mail, texts=texts) + "\n")
        result = perform(steps.ALL, env, script, tell)
        result.database = env.database
        if result.was_seen("migrate"):
            result.messages, result.record_lines = env.counted(), env.record_lines()
    result.seconds = round(time.monotonic() - began, 2)
    tell(report.ending(result))
    if as_json:
        write_data(json.dumps(result.as_dict(), ensure_ascii=False, indent=1) + "\n")
    return 0 if result.ok else 1


def perform(
    all_steps: Sequence[RehearsalStep], env: Any, script: Any, tell: Callable[[str], object]
) -> RehearsalReport:
    """Perform the steps, print each result, and return all results."""
    result = RehearsalReport()
    for step in all_steps:
        seen = _see(step, result, partial(step.see, env, script))
        result.steps.append(seen)
        tell(report.line(seen))
    return result


def _see(step: RehearsalStep, result: RehearsalReport, see: Callable[[], Message]) -> Observation:
    missing = [Message(name) for name in step.needs if not result.was_seen(name)]
    if missing:
        skipped = Message(N_("skipped: it needs %(steps)s"), steps=missing)
        return Observation(step.name, False, skipped, 0.0, skipped=True)
    began = time.monotonic()
    try:
        ok, message = True, see()
    except NotObserved as fault:
        ok, message = False, fault.message
    except Exception as fault:  # any fault is a finding of the rehearsal
        text = f"{type(fault).__name__}: {' '.join(str(fault).split())[:300]}"
        ok, message = False, Message("%(text)s", text=text)
    return Observation(step.name, ok, message, round(time.monotonic() - began, 3))

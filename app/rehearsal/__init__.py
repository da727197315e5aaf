"""`tingqi rehearse`: the whole job on a throw-away database, over real connections."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from app import config
from app.core.channels import Channel
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
    tell = (lambda _: None) if as_json else _print
    settings = config.read()
    text_carrier = settings.carriers.text_carrier
    with database(settings.database_url) as url, open_environment(url, text_carrier) as env:
        script = RehearsalScript.beginning(env.clock.now())
        env.clock.set(script.start)
        mail, texts = env.labels[Channel.EMAIL], env.labels[Channel.SMS]
        tell(f"Rehearsing on {env.database}, with a stand-in for {mail} and one for {texts}.\n")
        result = perform(steps.ALL, env, script, tell)
        result.database = env.database
        if result.was_seen("migrate"):
            result.messages, result.record_lines = env.counted(), env.record_lines()
    result.seconds = round(time.monotonic() - began, 2)
    tell(report.ending(result))
    if as_json:
        _print(json.dumps(result.as_dict(), ensure_ascii=False, indent=1))
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


def _see(step: RehearsalStep, result: RehearsalReport, see: Callable[[], str]) -> Observation:
    missing = [name for name in step.needs if not result.was_seen(name)]
    if missing:
        return Observation(
            step.name, False, f"skipped: it needs {', '.join(missing)}", 0.0, skipped=True
        )
    began = time.monotonic()
    try:
        ok, words = True, see()
    except NotObserved as fault:
        ok, words = False, str(fault)
    except Exception as fault:  # any fault is a finding of the rehearsal
        ok, words = False, f"{type(fault).__name__}: {' '.join(str(fault).split())[:300]}"
    return Observation(step.name, ok, words, round(time.monotonic() - began, 3))


def _print(words: str) -> None:
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    print(words, flush=True)

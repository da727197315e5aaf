"""The rehearsal: the main job from end to end, on a throw-away database, over real wires."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from app import config
from app.rehearsal import report, steps
from app.rehearsal.play import RehearsalScript
from app.rehearsal.report import NotObserved, Observation, RehearsalReport, RehearsalStep
from app.rehearsal.stage import stage_on
from app.rehearsal.throwaway import database


def run(as_json: bool) -> int:
    """Rehearse on a throw-away database beside the one that is set; return the exit status.

    0 where every step was seen, 1 where one was not. Raises Misconfigured where no throw-away
    database can be made. Nothing leaves this machine but SQL to the database server.
    """
    began = time.monotonic()
    tell = (lambda _: None) if as_json else _print
    settings = config.read()
    text_carrier = settings.carriers.text_carrier
    with database(settings.database_url) as url, stage_on(url, text_carrier) as stage:
        play = RehearsalScript.beginning(stage.clock.now())
        stage.clock.set(play.start)
        tell(
            f"Rehearsing on {stage.database}, with a stand-in for {stage.labels['email']} and one "
            f"for {stage.labels['sms']}.\n"
        )
        told = perform(steps.ALL, stage, play, tell)
        told.database = stage.database
        if told.was_seen("migrate"):
            told.messages, told.record_lines = stage.counted(), stage.record_lines()
    told.seconds = round(time.monotonic() - began, 2)
    tell(report.ending(told))
    if as_json:
        _print(json.dumps(told.as_dict(), ensure_ascii=False, indent=1))
    return 0 if told.ok else 1


def perform(
    all_steps: Sequence[RehearsalStep], stage: Any, play: Any, tell: Callable[[str], object]
) -> RehearsalReport:
    """Go through the steps, tell each as it is seen, and return what was seen of all."""
    told = RehearsalReport()
    for step in all_steps:
        seen = _see(step, told, partial(step.see, stage, play))
        told.steps.append(seen)
        tell(report.line(seen))
    return told


def _see(step: RehearsalStep, told: RehearsalReport, see: Callable[[], str]) -> Observation:
    missing = [name for name in step.needs if not told.was_seen(name)]
    if missing:
        return Observation(
            step.name, False, f"skipped: it needs {', '.join(missing)}", 0.0, skipped=True
        )
    began = time.monotonic()
    try:
        ok, words = True, see()
    except NotObserved as fault:
        ok, words = False, str(fault)
    except Exception as fault:  # whatever breaks is what the rehearsal is for: it is said
        ok, words = False, f"{type(fault).__name__}: {' '.join(str(fault).split())[:300]}"
    return Observation(step.name, ok, words, round(time.monotonic() - began, 3))


def _print(words: str) -> None:
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    print(words, flush=True)

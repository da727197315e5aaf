"""One run: play a plan, let everything come to rest, read the facts."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait

from app.core.db import db
from tests.conftest import Scenario
from tests.soak import facts, rest
from tests.soak.carriers import FickleMail, FickleTwilio, Ledger
from tests.soak.databases import Database
from tests.soak.facts import Facts
from tests.soak.people import ClientLog, People
from tests.soak.plan import Plan, Round, Trouble
from tests.soak.post import Post
from tests.soak.world import ROOT, World, until

LOOK = 0.1  # seconds between two looks whether every process lives
SOON = 2.0  # seconds after which a trouble comes even where no carrier was asked


def run(scenario: Scenario, database: Database, plan: Plan) -> Facts:
    """Play a plan; return the facts after all came to rest. Raises TimeoutError where it does not."""
    client_log, ledger = ClientLog(), Ledger(plan.seed)
    token = scenario.token("wang@court.example")
    with (
        World(scenario.folder, database.url, plan.workers) as world,
        FickleMail(ledger) as mail,
        FickleTwilio(ledger, world.clock) as twilio,
    ):
        world.open(mail.url, twilio.url, twilio.account_sid, twilio.auth_token)
        people = People(world.url, token, client_log, twilio.reply)
        people.enter_cases()
        until("the first beats", lambda: rest.beating(scenario) >= plan.workers)
        with Post(plan.seed, twilio, client_log) as post:
            for each in plan.rounds:
                _play(each, people, world, database, ledger)
            world.mend()
            ledger.calm = True
            post.flush()
            rest.come(scenario, world, post)
    return _facts(scenario, world, ledger, client_log, plan.seed)


def _play(played: Round, people: People, world: World, database: Database, ledger: Ledger) -> None:
    """Let all clients act at once, and cause the trouble meanwhile."""
    begun = len(ledger.asked)
    with ThreadPoolExecutor(len(played.acts)) as crowd:
        acting = [crowd.submit(people.do, act) for act in played.acts]
        ledger.wait_for(begun + played.trouble.after, SOON)
        _trouble(played.trouble, world, database)
        # Clients of pages that were killed wait until these are restarted.
        while wait(acting, LOOK).not_done:
            world.mend()
        for each in acting:
            each.result()


def _trouble(trouble: Trouble, world: World, database: Database) -> None:
    if trouble.what == "none":
        return
    of_database = trouble.what in ("cut", "lock", "restart")
    world.troubled |= of_database and trouble.what != "lock"
    getattr(database if of_database else world, trouble.what)(trouble.which)


def _facts(
    scenario: Scenario, world: World, ledger: Ledger, client_log: ClientLog, seed: int
) -> Facts:
    scenario.close()
    with scenario.app.app_context():
        found = facts.read(db.session(), seed, ledger.asked, client_log)
        db.session.remove()
    found.killed, found.troubled = world.killed, world.troubled
    found.verified = _verified(world)
    found.logs = facts.logs(scenario.folder)
    return found


def _verified(world: World) -> tuple[int, str]:
    asked = subprocess.run(
        [sys.executable, "-m", "app", "record", "verify"],
        cwd=ROOT,
        env=world.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return asked.returncode, asked.stdout + asked.stderr

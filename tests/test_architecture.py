"""Rules that import-linter cannot check: clock, commits, length of functions, names."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

APP = Path(__file__).parents[1] / "app"
FILES = sorted(APP.rglob("*.py"))


@cache
def tree(file: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"))


def name(file: Path) -> str:
    """The path of a file within the app."""
    return file.relative_to(APP).as_posix()


def calls(file: Path) -> Iterator[tuple[int, str]]:
    """Line and callee of each call in a file."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def test_only_the_clock_and_carriers_ask_the_time() -> None:
    asking = {
        "datetime.now",
        "dt.datetime.now",
        "datetime.utcnow",
        "dt.datetime.utcnow",
        "date.today",
        "dt.date.today",
        "time.time",
    }
    violations = [
        f"{name(f)}:{line} {call}"
        for f in FILES
        for line, call in calls(f)
        if call in asking
        # The verifier is one file that runs without Tingqi, and so without its clock.
        and not name(f).startswith(
            ("core/runtime/clock", "carriers/", "record/standalone_verifier")
        )
    ]
    assert violations == []


def test_services_never_commit() -> None:
    may = {"core/db/__init__.py", "sending/dispatch.py"}
    violations = [
        f"{name(f)}:{line} {call}"
        for f in FILES
        for line, call in calls(f)
        if call.endswith(".commit") and name(f) not in may
    ]
    assert violations == []


def test_a_service_opens_no_transaction() -> None:
    opening = {"transaction", "retrying", "persist"}
    pure = (
        "service.py",
        "record.py",
        "rules.py",
        "queries.py",
        "tell.py",
        "booking.py",
        "duty.py",
        "receipts.py",
    )
    violations = [
        f"{name(f)}:{line} {call}"
        for f in FILES
        for line, call in calls(f)
        if call in opening and f.name in pure
    ]
    assert violations == []


def test_one_module_encodes_domains() -> None:
    """Python's codec implements IDNA 2003, by which a mail may go to another domain."""
    # charset.py only refuses a charset with the codec's name.
    may = {"core/addresses.py", "inbound/parsing/charset.py"}
    violations = [
        f"{name(f)}:{node.lineno}"
        for f in FILES
        if name(f) not in may
        for node in ast.walk(tree(f))
        if (isinstance(node, ast.Constant) and str(node.value).lower() in ("idna", "punycode"))
        or (isinstance(node, ast.Import | ast.ImportFrom) and "idna" in ast.unparse(node))
    ]
    assert violations == []


def test_every_module_says_what_it_is_for_in_its_first_line() -> None:
    silent = [name(f) for f in FILES if not (ast.get_docstring(tree(f)) or "").strip()]
    assert silent == []


def test_no_function_outgrows_a_screen() -> None:
    long = [
        f"{name(file)}:{node.lineno} {node.name}"
        for file in FILES
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 80
    ]
    assert long == []


def imported(file: Path) -> Iterator[str]:
    """Top-level names of the packages that a file imports."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_what_is_imported_is_declared_and_what_is_declared_is_used() -> None:
    project = tomllib.loads((APP.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = {
        re.split(r"[\[<>=~! ]", each)[0].lower().replace("_", "-")
        for each in [
            *project["dependencies"],
            *extras["listing"],
            *extras["redis"],
            *extras["s3"],
        ]
    }
    homes = packages_distributions()
    used = {
        homes.get(package, [package])[0].lower().replace("_", "-")
        for file in FILES
        for package in imported(file)
        if package not in sys.stdlib_module_names and package != "app"
    }
    # Loaded by name: SQLAlchemy's driver, and time zones for systems without any.
    assert used | {"psycopg", "tzdata"} == declared


def test_a_class_name_is_used_once() -> None:
    places: dict[str, list[str]] = {}
    for file in FILES:
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(name(file))
    assert {each: where for each, where in places.items() if len(where) > 1} == {}


# Metaphors, and words that tell how a value came about instead of what it is, with what to write
# instead (docs/architecture.md, "The words").
PLAIN_WORDS = {
    "gateway": "carrier, or external service",
    "gateways": "carriers, or external services",
    "given": "form, or what the value is",
    "glance": "check interval",
    "house": "services, app or court",
    "ladder": "escalation",
    "rounds": "proposals, or iterations",
    "said": "message, text, or what the value is",
    "seat": "representation or invitation",
    "seats": "representations or invitations",
    "shelf": "folder or cache",
    "shut": "closed",
    "stands": "version or state",
    "stood": "version",
    "told": "notified, context, or what the value is",
    "untold": "not notified",
    "voice": "answer",
    "voices": "answers",
    "whole": "view, full text, or what the value is",
}
# Words that are plain within a longer name: "whole number", "given back".
ALONE = {"given", "whole"}
# Fields of dataclasses that are names of HTML fields: pages that are open stay valid.
HTML_FIELDS = {"stood"}


def words_of_class(name: str) -> set[str]:
    """The words of a class name, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z][a-z]+", name)}


def test_modules_and_classes_have_plain_names() -> None:
    metaphors = []
    for file in FILES:
        words = set(re.split(r"[_/]", name(file).removesuffix(".py")))
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ClassDef):
                words |= words_of_class(node.name)
        metaphors += [
            f"{name(file)}: {word}; write {PLAIN_WORDS[word]}"
            for word in sorted((words & PLAIN_WORDS.keys()) - ALONE)
        ]
    assert metaphors == []


def identifiers(file: Path) -> Iterator[tuple[int, str]]:
    """Each name that a file defines: functions, parameters, variables and attributes."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def test_identifiers_are_plain_words() -> None:
    """Constants are left out: members of enums are called as the database calls them."""
    metaphors = [
        f"{name(file)}:{line} {identifier}: write {PLAIN_WORDS[word]}"
        for file in FILES
        for line, identifier in identifiers(file)
        for word in identifier.split("_")
        if identifier not in HTML_FIELDS
        and word in PLAIN_WORDS
        and (word == identifier or word not in ALONE)
    ]
    assert metaphors == []


def test_a_folder_has_at_most_eighteen_modules() -> None:
    sizes: dict[Path, int] = {}
    for file in FILES:
        sizes[file.parent] = sizes.get(file.parent, 0) + (file.name != "__init__.py")
    assert {str(each.relative_to(APP)): n for each, n in sizes.items() if n > 18} == {}


# Protocols and the local folder: words that others may use. All other folders are vendors.
COMMON_CARRIERS = {"imap", "outbox", "smtp"}


def test_a_vendors_name_occurs_in_its_carriers_folder_and_the_registry_only() -> None:
    folders = {each.parent.name for each in APP.glob("carriers/*/__init__.py")} - COMMON_CARRIERS
    assert folders
    found = []
    for file in sorted(APP.rglob("*")):
        # The catalogues translate what the folders say.
        if file.suffix not in (".py", ".html", ".txt", ".toml", ".css", ".js"):
            continue
        place = name(file)
        text = file.read_text(encoding="utf-8").lower()
        for folder in folders:
            is_own = place.startswith((f"carriers/{folder}/", "carriers/registry.py"))
            if folder in text and not is_own:
                found.append(f"{place}: {folder}")
    assert found == []

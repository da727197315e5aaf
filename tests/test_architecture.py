"""What import-linter cannot see: who asks the time, who commits, how long functions are."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

APP = Path(__file__).parents[1] / "app"
FILES = sorted(APP.rglob("*.py"))


def name(file: Path) -> str:
    """A file's path within the app."""
    return file.relative_to(APP).as_posix()


def calls(file: Path) -> Iterator[tuple[int, str]]:
    """Each call in a file: its line, and what is called."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
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
    found = [
        f"{name(f)}:{line} {call}"
        for f in FILES
        for line, call in calls(f)
        if call in asking and not name(f).startswith(("core/runtime/clock", "carriers/"))
    ]
    assert found == []


def test_services_never_commit() -> None:
    may = {"core/db/__init__.py", "sending/dispatch.py"}
    found = [
        f"{name(f)}:{line} {call}"
        for f in FILES
        for line, call in calls(f)
        if call.endswith(".commit") and name(f) not in may
    ]
    assert found == []


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
    found = [
        f"{name(f)}:{line} {call}"
        for f in FILES
        for line, call in calls(f)
        if call in opening and f.name in pure
    ]
    assert found == []


def test_one_module_encodes_domains() -> None:
    """Python's own codec follows IDNA 2003, by which a mail goes to somebody else's domain."""
    # A charset of a mail may carry the codec's name: there it is only refused.
    may = {"core/addresses.py", "inbound/parsing/charset.py"}
    found = [
        f"{name(f)}:{node.lineno}"
        for f in FILES
        if name(f) not in may
        for node in ast.walk(ast.parse(f.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Constant) and str(node.value).lower() in ("idna", "punycode"))
        or (isinstance(node, ast.Import | ast.ImportFrom) and "idna" in ast.unparse(node))
    ]
    assert found == []


def test_every_module_says_what_it_is_for_in_its_first_line() -> None:
    silent = [
        name(f)
        for f in FILES
        if not (ast.get_docstring(ast.parse(f.read_text(encoding="utf-8"))) or "").strip()
    ]
    assert silent == []


def test_no_function_outgrows_a_screen() -> None:
    long = [
        f"{name(file)}:{node.lineno} {node.name}"
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 80
    ]
    assert long == []


def imported(file: Path) -> Iterator[str]:
    """The packages that a file imports, by the first part of their names."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_what_is_imported_is_declared_and_what_is_declared_is_used() -> None:
    project = tomllib.loads((APP.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {
        re.split(r"[\[<>=~! ]", each)[0].lower().replace("_", "-")
        for each in [*project["dependencies"], *project["optional-dependencies"]["listing"]]
    }
    homes = packages_distributions()
    used = {
        homes.get(package, [package])[0].lower().replace("_", "-")
        for file in FILES
        for package in imported(file)
        if package not in sys.stdlib_module_names and package != "app"
    }
    # Loaded by name: SQLAlchemy's driver, and the time zones of a machine that has none.
    assert used | {"psycopg", "tzdata"} == declared


def test_a_class_name_is_used_once() -> None:
    places: dict[str, list[str]] = {}
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(name(file))
    assert {each: where for each, where in places.items() if len(where) > 1} == {}


# Words that stand for a thing that has a plain name in the glossary (docs/architecture.md).
METAPHORS = {"house", "gateway", "gateways", "glance", "stands", "shelf", "voice", "told"}


def test_modules_and_classes_have_no_metaphors_for_names() -> None:
    found = []
    for file in FILES:
        words = set(re.split(r"[_/]", name(file).removesuffix(".py")))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                words |= {each.lower() for each in re.findall(r"[A-Z][a-z]+", node.name)}
        found += [f"{name(file)}: {each}" for each in sorted(words & METAPHORS)]
    assert found == []


def test_a_folder_has_at_most_eighteen_modules() -> None:
    sizes: dict[Path, int] = {}
    for file in FILES:
        sizes[file.parent] = sizes.get(file.parent, 0) + (file.name != "__init__.py")
    assert {str(each.relative_to(APP)): n for each, n in sizes.items() if n > 18} == {}

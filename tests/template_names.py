"""Template names check, run by ``make check``: no template binds the name of a template global.

A macro, an import, an assignment, a loop variable or a macro's parameter that has the name of a
global hides it, in that template and in all that are included or imported with context: a page
then calls the wrong thing, and only when something rare is shown. The same goes for names that a
view passes to ``render_template``, and for a name that was imported into the template itself.

``python -m tests.template_names [FOLDER ...]``: exit status 1 and one line for each such name.
"""

import ast
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from flask import Flask
from jinja2 import Environment, nodes

from app import create_app
from app.config import Settings
from app.letters import composing

APP = Path(__file__).parents[1] / "app"


def pages() -> Flask:
    """An app as it is served, whose globals are the real ones; its database is never opened."""
    folder = Path(tempfile.mkdtemp(prefix="tingqi-"))
    try:
        return create_app(Settings(instance=folder, database_url="sqlite://", secret_key=b"x" * 32))
    finally:
        folder.rmdir()


def global_names(app: Flask) -> frozenset[str]:
    """The names that every page knows: Jinja's globals, and what context processors add."""
    added: dict[str, object] = {}
    with app.test_request_context("/"):
        for blueprint in (None, *app.blueprints):
            for processor in app.template_context_processors[blueprint]:
                added.update(processor())
    return frozenset({*app.jinja_env.globals, *added})


def imported(template: nodes.Template) -> Iterator[tuple[int, str]]:
    """Each name that a template imports, with its line."""
    for each in template.find_all(nodes.Import):
        yield each.lineno, each.target
    for names in template.find_all(nodes.FromImport):
        for name in names.names:
            yield names.lineno, name if isinstance(name, str) else name[1]


def assigned(template: nodes.Template) -> Iterator[tuple[int, str]]:
    """Each name that a template binds otherwise: set, for, with, macro, call, parameters."""
    for macro in template.find_all(nodes.Macro):
        yield macro.lineno, macro.name
    for name in template.find_all(nodes.Name):
        if name.ctx in ("store", "param"):
            yield name.lineno, name.name


def hidden_in_template(
    environment: Environment, source: str, known: Collection[str]
) -> list[tuple[int, str]]:
    """The names of globals and of imports that a template hides, with their lines."""
    template = environment.parse(source)
    imports = list(imported(template))
    macros = {name for _, name in imports}
    found = {(line, name) for line, name in imports if name in known}
    found |= {(line, name) for line, name in assigned(template) if name in known or name in macros}
    return sorted(found)


def hidden_by_view(source: str, known: Collection[str]) -> list[tuple[int, str]]:
    """The names of globals that a module passes to ``render_template``, with their lines."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("render_template"):
            keys = [(each.value.lineno, each.arg) for each in call.keywords]
            for each in call.keywords:
                if isinstance(each.value, ast.Dict) and each.arg is None:
                    keys += [
                        (key.lineno, key.value)
                        for key in each.value.keys
                        if isinstance(key, ast.Constant)
                    ]
            found += [(line, str(name)) for line, name in keys if name in known]
    return sorted(found)


def faults(folders: Collection[Path]) -> list[str]:
    """One line for each name that is hidden in the folders, as an editor reads it."""
    app = pages()
    known = global_names(app)
    lines = []
    for file in sorted(each for folder in folders for each in folder.rglob("*.*")):
        if file.suffix not in (".html", ".txt", ".py"):
            continue
        source = file.read_text(encoding="utf-8")
        if file.suffix == ".py":
            hidden = hidden_by_view(source, known)
        elif file.suffix == ".txt":
            hidden = hidden_in_template(composing._WORDS, source, composing._WORDS.globals)
        else:
            hidden = hidden_in_template(app.jinja_env, source, known)
        lines += [
            f"{file}:{line}: {name} hides the template global or import of that name; "
            "choose another name"
            for line, name in hidden
        ]
    return lines


if __name__ == "__main__":
    found = faults([Path(each) for each in sys.argv[1:]] or [APP])
    print("\n".join(found) if found else "No template hides a global.")
    sys.exit(bool(found))

"""Extractor of messages from Python for `pybabel extract` (see babel.cfg): help texts of Click too.

Click takes the help of a command from the function's docstring, and of an option from ``help=``.
"""

import ast
import inspect
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO

from babel.messages.extract import extract_python

COMMAND_DECORATORS = ("command", "group")
HELP_DECORATORS = (*COMMAND_DECORATORS, "option", "argument", "version_option")


def extract(
    file: BinaryIO,
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[tuple[Any, ...]]:
    """Yield what Babel finds in a Python file, and the help texts of its Click commands."""
    yield from extract_python(file, keywords, comment_tags, options)  # type: ignore[arg-type]
    file.seek(0)
    for line, text in help_texts(ast.parse(file.read())):
        yield line, "", text, []


def help_texts(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the help texts of commands and their parameters, with their lines."""
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
                continue
            if decorator.func.attr in COMMAND_DECORATORS and (text := ast.get_docstring(node)):
                yield node.lineno, text
            if decorator.func.attr in HELP_DECORATORS:
                yield from _help_argument(decorator)


def _help_argument(decorator: ast.Call) -> Iterator[tuple[int, str]]:
    for keyword in decorator.keywords:
        value = keyword.value
        if keyword.arg == "help" and isinstance(value, ast.Constant):
            yield value.lineno, inspect.cleandoc(str(value.value))

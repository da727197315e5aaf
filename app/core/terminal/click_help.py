"""Help and usage errors of Click commands in the language of the command."""

import copy
import inspect
import re
from collections.abc import Iterable

import click

from app.core import wording
from app.core.errors import N_
from app.core.terminal import gettext, language, layout


def ngettext(singular: str, plural: str) -> str:
    """Mark a phrase and its plural for translation."""
    return singular


# Click looks these up in our catalogue (see `terminal.speaking`). Its versions differ in some.
CLICK_PHRASES = (
    N_("(dynamic)"),
    N_("Argument {name!r} takes {nargs} values."),
    N_("Choose from:\n\t{choices}"),
    N_("Commands"),
    N_("Error: invalid input"),
    N_("Error: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Invalid value: {message}"),
    N_("Missing argument"),
    N_("Missing command."),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("No such option: {name}"),
    N_("Option {name!r} does not take a value."),
    N_("Options"),
    N_("Show the version and exit."),
    N_("Show this message and exit."),
    N_("Usage:"),
    N_("default: {default}"),
    N_("directory"),
    N_("file"),
    N_("path"),
    N_("required"),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is not readable."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    ngettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ngettext(
        "Got unexpected extra argument ({args})",
        "Got unexpected extra arguments ({args})",
    ),
    ngettext(
        "Option {name!r} requires an argument.",
        "Option {name!r} requires {nargs} arguments.",
    ),
    ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    ngettext(
        "{value!r} does not match the format {format}.",
        "{value!r} does not match the formats {formats}.",
    ),
)
# The metavariables of usage lines, which Click does not look up.
OPTIONS, SUBCOMMAND = N_("[OPTIONS]"), N_("COMMAND [ARGS]...")
METAVARIABLES = (N_("INTEGER"), N_("INTEGER RANGE"), N_("TEXT"))


def localized(command: click.Command) -> click.Command:
    """Return a copy of a command and its subcommands with help in the language of the command."""
    twin = copy.copy(command)
    if hasattr(twin, "_help_option"):  # Click keeps it, in the language in which it was made first
        twin._help_option = None
    twin.context_class = LocalizedContext
    twin.options_metavar = gettext(OPTIONS)
    if command.help:
        twin.help = gettext(inspect.cleandoc(command.help))
        if language() == "zh" and not command.short_help:
            twin.short_help = "".join(twin.help.split("\n\n")[0].splitlines()).split("。")[0]
    if command.short_help:
        twin.short_help = gettext(inspect.cleandoc(command.short_help)).rstrip("。")
    twin.params = [_localized_parameter(each) for each in command.params]
    if isinstance(twin, click.Group):
        twin.subcommand_metavar = gettext(SUBCOMMAND)
        twin.commands = {name: localized(each) for name, each in twin.commands.items()}
    return twin


def _localized_parameter(parameter: click.Parameter) -> click.Parameter:
    twin = copy.copy(parameter)
    if help_text := getattr(parameter, "help", None):
        twin.help = gettext(inspect.cleandoc(help_text))
    twin.type = copy.copy(parameter.type)
    twin.type.name = gettext(parameter.type.name)
    if parameter.metavar is None and isinstance(parameter, click.Option):
        metavar = gettext(parameter.type.name.upper())
        # Of types with a metavariable of their own, such as a choice, Click asks the type.
        twin.metavar = metavar if metavar != parameter.type.name.upper() else None
    return twin


class ColumnFormatter(click.HelpFormatter):
    """Help formatter that breaks Chinese lines, of characters two columns wide."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage."""
        blank = "" if language() == "zh" else " "
        super().write_usage(prog, args, gettext("Usage:") + blank if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write a heading, with the colon of its language."""
        indent = " " * self.current_indent
        self.write(f"{indent}{heading}{wording.colon(language()).rstrip()}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, wrapped and indented."""
        indent = " " * self.current_indent
        self.write(_paragraphs(text, self.width - self.current_indent, indent))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write a definition list: the options or commands, and what each does."""
        rows = list(rows)
        indent = " " * self.current_indent
        first = min(max(layout.columns(term) for term, _ in rows), col_max) + col_spacing
        width = max(self.width - self.current_indent - first, 20)
        for term, text in rows:
            lines = layout.wrapped(text, width)
            if layout.columns(term) > first - col_spacing:
                self.write(f"{indent}{term}\n")
                term = ""
            for number, line in enumerate(lines or [""]):
                self.write(f"{indent}{layout.padded('' if number else term, first)}{line}".rstrip())
                self.write("\n")


def _paragraphs(text: str, width: int, indent: str) -> str:
    paragraphs = [layout.wrapped(each, width) for each in text.split("\n\n")]
    return "\n".join("".join(f"{indent}{line}\n" for line in lines) for lines in paragraphs)


class LocalizedContext(click.Context):
    """Context of a localized command."""

    formatter_class = ColumnFormatter


def usage_error(fault: click.ClickException) -> str:
    """Return the message of a usage error on one line; for a missing command, its help."""
    if isinstance(fault, click.exceptions.NoArgsIsHelpError):
        return fault.format_message()
    text = " ".join(fault.format_message().split())
    if language() != "zh":
        return text
    if isinstance(fault, click.MissingParameter):
        # Click puts an English full stop between the parts.
        text = re.sub(r"\.(?: |$)", "。", text)
    return text.replace("。 ", "。")

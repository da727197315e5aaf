"""Commands that are imported when run, so that `--help` names all without importing any."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import click

from app.core.runtime import gc_tuning
from app.core.terminal.click_help import LocalizedContext, localized

if TYPE_CHECKING:
    from flask import Flask


class DeferredCommand(click.Command):
    """The name and the summary of a command; the command itself is imported by `load`."""

    def __init__(self, name: str, source: str, summary: str, subcommands: tuple[str, ...] = ()):
        """Describe a command; sources are written ``module:attribute``.

        ``summary`` is the first sentence of its help. ``subcommands`` are those of its subcommands
        that are defined in modules above its own.
        """
        super().__init__(name, short_help=summary)
        self.source = source
        self.subcommands = subcommands

    def load(self) -> click.Command:
        """Import the command and its subcommands."""
        with gc_tuning.paused():
            command = _imported(self.source)
            for source in self.subcommands:
                subcommand = _imported(source)
                cast("click.Group", command).add_command(subcommand)
        return command


def _imported(source: str) -> click.Command:
    module, attribute = source.split(":")
    command: click.Command = getattr(import_module(module), attribute)
    return command


class DeferringGroup(click.Group):
    """Group that imports the command that is run; its commands find the app as Flask's do.

    Flask's own group imports Flask to name its commands.
    """

    def __init__(self, *arguments: Any, create_app: Callable[[], Flask], **options: Any) -> None:
        """Create the group; the app is created by the command that asks for it."""
        super().__init__(*arguments, **options)
        self.create_app = create_app

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name, imported."""
        name, command, rest = super().resolve_command(ctx, args)
        if ctx.obj is None:
            from flask.cli import ScriptInfo

            ctx.obj = ScriptInfo(create_app=self.create_app, set_debug_flag=False)
        if isinstance(command, DeferredCommand):
            imported = command.load()
            is_localized = command.context_class is LocalizedContext
            command = localized(imported) if is_localized else imported
        return name, command, rest

"""The commands by name. Each is imported when it is used: `vtxero --help` should not wait for all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

from vtxero.cli.hoisting import hoist

_TYPE = re.compile(r"(?<=[A-Z]) <[^>]*>$")
_RANGES = ((re.compile(r"(\d+)<=x<=(\d+)"), r"\1 to \2"), (re.compile(r"x>=(\d+)"), r"\1 or more"))


class PlainCommand(TyperCommand):
    """Says in its help what a value stands for and what it may be, without the words of programmers."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """List arguments and options: `FILE`, not `FILE <path>`; `1 or more`, not `x>=1`."""
        write = formatter.write_dl

        def write_plainly(rows: Any, *rest: Any, **named: Any) -> None:
            write([(_TYPE.sub("", name), _in_words(text)) for name, text in rows], *rest, **named)

        formatter.write_dl = write_plainly
        try:
            super().format_options(ctx, formatter)
        finally:
            formatter.write_dl = write


def _in_words(text: str) -> str:
    for pattern, words in _RANGES:
        text = pattern.sub(words, text)
    return text


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command's function, or a group's app, is found, and its line in the list of commands."""

    place: str
    line: str

    def load(self, name: str) -> Any:
        """Import it and make it ready to run."""
        module, _, attribute = self.place.partition(":")
        found = getattr(import_module(f"vtxero.cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            command: Any = typer.main.get_group(found)
        else:
            alone = typer.Typer(add_completion=False, rich_markup_mode=None)
            alone.command(name, cls=PlainCommand)(found)
            command = typer.main.get_command(alone)
        command.name = name
        return command


COMMANDS = {
    "init": Command("init:init", "Make a first config: log in to both services and look at them."),
    "sync": Command("sync:sync", "Sync records between Vtiger and Xero."),
    "plan": Command("plan:plan", "Show what a sync would do, and save it for `apply`."),
    "apply": Command("plan:apply", "Carry out a saved plan."),
    "log": Command("log:log", "Show runs, the records of one, or what waits now."),
    "status": Command("status:status", "Show how things stand, or one record's whole story."),
    "verify": Command("verify:verify", "Compare both ledgers to the cent, every difference with its cause."),
    "undo": Command("undo:undo", "Take back what a run did, as far as that can be done."),
    "explain": Command("explain:explain", "Explain a reason: what it means, and what to do."),
    "doctor": Command("doctor:doctor", "Check all that a run needs."),
    "demo": Command("demo:demo", "Sync sample books between stand-ins; needs no config, no account."),
    "sandbox": Command("sandbox:sandbox", "Serve a stand-in for Vtiger and one for Xero."),
    "auth": Command("auth:app", "Log in, say who is logged in, log out."),
    "config": Command("config:app", "Show, check and describe the config."),
}


class GlobalsAnywhere(TyperGroup):
    """Takes global options before and after the command alike, and imports a command only when it is used."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        # Only the names are looked at: for the list, and for suggestions.
        self.commands = cast("Any", dict.fromkeys(COMMANDS))
        self._completes_names = False

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Move them to the front, then go on as usual."""
        return super().parse_args(ctx, hoist(args))

    def invoke(self, ctx: Any) -> Any:
        """Let Ctrl-C end as an answer of Ctrl-C to a question does: Typer would end it without a word."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Abort from None

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command; None when there is none of that name."""
        del ctx
        known = COMMANDS.get(cmd_name)
        if known and self._completes_names:
            return TyperCommand(cmd_name, help=known.line)
        return known.load(cmd_name) if known else None

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Complete the name of a command without importing any: their lines say all that a shell shows."""
        self._completes_names = True
        try:
            return super().shell_complete(ctx, incomplete)
        finally:
            self._completes_names = False

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.line) for name, command in COMMANDS.items()])

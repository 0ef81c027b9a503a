"""What one invocation has: its global options, its settings once they are read, and its two streams."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from vtxero.cli.advice import as_typed, glued, line_starts, loosened, typed
from vtxero.config.redact import Redactor

if TYPE_CHECKING:
    from rich.console import RenderableType

    from vtxero.config.load import Loaded
    from vtxero.config.settings import Settings


NARROW = 40
"""Columns below which breaking lines makes nothing more readable."""


USUAL = 80
"""Columns of a terminal that does not tell."""


class Output(StrEnum):
    """The form of what is printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Globals:
    """The global options."""

    config: Path | None = None
    profile: str | None = None
    output: Output = Output.TABLE
    quiet: bool = False
    verbose: int = 0
    no_input: bool = False
    no_color: bool = False
    log_file: Path | None = None


@dataclass(slots=True)
class Session:
    """One invocation. `main` makes it, the callback fills in the options, the commands use it."""

    options: Globals = field(default_factory=Globals)
    redactor: Redactor = field(default_factory=Redactor)
    warned: set[str] = field(default_factory=set)
    if_stopped: str = "Stopped."
    """What is said when a person interrupts."""
    place_of: Callable[[str], str] = lambda _option: ""
    """Where an option of the config that was read last is written."""

    @property
    def wants_json(self) -> bool:
        """Whether a machine reads the output."""
        return self.options.output is not Output.TABLE

    @property
    def may_ask(self) -> bool:
        """Whether there is somebody to answer a question."""
        return not self.options.no_input and sys.stdin.isatty() and sys.stderr.isatty()

    @property
    def command(self) -> str:
        """How to call vtxero again with the same config, for advice: cron's variables are not those of who reads it."""
        parts = ["vtxero"]
        config = self.options.config or os.environ.get("VTXERO_CONFIG", "").strip()
        profile = self.options.profile or os.environ.get("VTXERO_PROFILE", "").strip()
        if config:
            parts += ["--config", shlex.quote(str(config))]
        if profile:
            parts += ["--profile", shlex.quote(profile)]
        return " ".join(parts)

    def with_command(self, text: str) -> str:
        """Put the options of this invocation into the commands that a text advises."""
        return as_typed(text, self.command)

    def load(self, flags: Mapping[str, tuple[str, str]] | None = None, *, profile: str | None = None) -> Loaded:
        """Read the settings, start logging, say what is odd about them. `flags` are dotted keys with (flag, text)."""
        from vtxero.cli.logs import start_logging
        from vtxero.config.load import Sources, load

        self.warn_of_variables()
        given = dict(flags or {})
        if self.options.log_file:
            given["log.file"] = ("--log-file", str(self.options.log_file))
        loaded = load(Sources(config=self.options.config, profile=profile or self.options.profile, flags=given))
        self.learn(loaded.settings)
        self.place_of = loaded.place_of
        _check_fields(loaded.settings)
        start_logging(
            loaded.settings.log, verbose=self.options.verbose, quiet=self.options.quiet, redactor=self.redactor
        )
        return loaded

    def warn_of_variables(self) -> None:
        """Say which variables mean nothing, before anything fails for want of what they were to hold."""
        from vtxero.config.environment import unknown_variables

        for warning in unknown_variables(os.environ):
            self.warn(warning)

    def learn(self, settings: Settings) -> None:
        """Tell the redactor the secrets of these settings."""
        for secret in (settings.vtiger.access_key, settings.xero.client_secret):
            if secret is not None:
                self.redactor.add(secret.get_secret_value())

    def say(self, text: str) -> None:
        """Talk to the user on stderr; --quiet silences it."""
        if not self.options.quiet:
            self.complain(text)

    def warn(self, text: str) -> None:
        """Say what is odd, once."""
        if text not in self.warned:
            self.warned.add(text)
            self.say(f"Warning: {text}")

    def complain(self, text: str) -> None:
        """Say on stderr what has to be said even with --quiet."""
        try:
            _write(sys.stderr, for_terminal(self.redacted(text), sys.stderr))
        except OSError:  # there is nowhere else to say it
            _discard(sys.stderr)

    def redacted(self, text: str) -> str:
        """Give the text without secrets; how vtxero was called is none, whatever the config is named."""
        own = "|".join(re.escape(form) for form in (self.command, typed(self.command)))
        return "".join(
            part if number % 2 else self.redactor.redact(part) for number, part in enumerate(re.split(f"({own})", text))
        )

    def complain_in_full(self, parts: Iterable[RenderableType]) -> None:
        """Say on stderr what takes tables and text to tell."""
        from vtxero.cli.text import in_ascii_signs, screen_for

        text = screen_for(sys.stderr, no_color=self.options.no_color).render(parts)
        _write(sys.stderr, self.redacted(text if _knows_all_letters(sys.stderr) else in_ascii_signs(text)))

    def print(self, text: str) -> None:
        """Write data to stdout."""
        _write(sys.stdout, text)

    def print_words(self, text: str) -> None:
        """Write to stdout what people read and no table holds."""
        self.print(for_terminal(text, sys.stdout))

    def print_json(self, document: Any) -> None:
        """Write one JSON document to stdout."""
        from vtxero.cli.document import to_json

        self.print(to_json(document, ascii_only=not _knows_all_letters(sys.stdout)))

    def print_lines(self, documents: Iterable[Any]) -> None:
        """Write JSON documents to stdout, one a line."""
        from vtxero.cli.document import to_json

        for document in documents:
            self.print(to_json(document, lines=True, ascii_only=not _knows_all_letters(sys.stdout)))

    def print_examined(self, name: str, documents: Sequence[Any], code: int) -> bool:
        """Print what was examined under its name, where a program reads the output; else do nothing, and say so."""
        match self.options.output:
            case Output.JSON:
                status = "error" if code else "success"
                self.print_json({"version": 1, "status": status, "exit_code": code, name: documents})
            case Output.JSONL:
                self.print_lines(documents)
            case Output.TABLE:
                return False
        return True

    def show(self, parts: Iterable[RenderableType]) -> None:
        """Write tables and text to stdout, fit for the terminal or file that it is."""
        from vtxero.cli.text import in_ascii_signs, screen_for

        text = screen_for(sys.stdout, no_color=self.options.no_color).render(parts)
        self.print(text if _knows_all_letters(sys.stdout) else in_ascii_signs(text))


def _check_fields(settings: Settings) -> None:
    """Check what the config says of fields; the modules are loaded only where it does.

    Raises:
        OptionError: that cannot be.
    """
    if any(getattr(module, "fields", None) for _, module in settings.modules):
        from vtxero.registry import check_fields

        check_fields(settings.modules)


def for_terminal(text: str, stream: TextIO) -> str:
    """Break long lines between words where a terminal would break them anywhere; a file gets them whole."""
    if not stream.isatty():
        return loosened(text)
    try:
        width = max(os.get_terminal_size(stream.fileno()).columns or USUAL, NARROW)
    except (OSError, ValueError):
        return loosened(text)
    return loosened("\n".join("\n".join(_broken(line, width)) for line in text.split("\n")))


def _broken(line: str, width: int) -> Iterator[str]:
    """Give a line in parts no wider than the terminal; what follows the first is set in. Commands stay whole."""
    line = glued(line)
    hang = len(line) - len(line.lstrip()) + 2
    starts = [0, *line_starts(line, width, hang=hang), len(line)]
    for number, (start, end) in enumerate(pairwise(starts)):
        yield " " * (hang if number else 0) + line[start:end].rstrip()


def _knows_all_letters(stream: TextIO) -> bool:
    """Tell whether a stream takes names in any script."""
    return (stream.encoding or "utf-8").lower().startswith("utf")


def _write(stream: TextIO, text: str) -> None:
    """Write a line; a reader that has gone away (`| head`) is no fault of ours."""
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:
        _discard(stream)


def discard_output() -> None:
    """Send what is still to be printed nowhere, so that the end of the process does not stumble over it."""
    _discard(sys.stdout)


def _discard(stream: TextIO) -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

"""Finds what the docs tell people to type, and asks the command line whether it understands it, without doing it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import typer

from vtxero.cli.app import app
from vtxero.cli.hoisting import hoist

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def blocks(page, *tags):
    """The text of a page's blocks with one of these tags."""
    return [text for tag, text in BLOCK.findall(page.read_text(encoding="utf-8")) if tag in tags]


def commands(page):
    """Every whole `vtxero ...` line of a page: in blocks, and between backticks."""
    text = page.read_text(encoding="utf-8")
    lines = [line for tag, part in BLOCK.findall(text) if tag in {"sh", "console", "crontab", "ini", "text"}
             for line in part.splitlines()]  # fmt: skip
    prose = BLOCK.sub("", text)
    found = [match[1] for line in lines if (match := re.search(r"(?:^|[ \"/$])(vtxero(?: .*|$))", _bare(line)))]
    return found + [re.split(r" [<>|] ", line)[0] for line in re.findall(r"`(vtxero [^`]+)`", prose)]


def _bare(line):
    """A line without its prompt, its comment, and what it is joined with."""
    line = re.sub(r"^\$ ", "", line).partition("  #")[0].rstrip()
    return re.split(r" (?:<|>|\||&&) ", line)[0] if "vtxero" in line else ""


def words_of(line):
    """The words after `vtxero`; placeholders stand for something."""
    return [word.strip(".,;:") if word in {"...", "…"} else word for word in shlex.split(line)[1:]]


def understands(words):
    """Parse a command line as `vtxero` does, and stop before it is carried out.

    Raises:
        typer's own errors: it is not understood.
    """
    group = typer.main.get_command(app)
    if words[:1] == ["--install-completion"]:  # reading it would already do it
        assert any(words[0] in param.opts for param in group.params)
        return
    context = group.make_context("vtxero", hoist(words))
    while rest := [*context._protected_args, *context.args]:
        name, command, rest = context.command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)
        if not hasattr(command, "commands"):
            break

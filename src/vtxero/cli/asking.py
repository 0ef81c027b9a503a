"""Questions to the person at the terminal, on stderr, each with what suggests itself; without one, the suggestion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import typer

from vtxero.cli.session import Session
from vtxero.cli.text import clean
from vtxero.errors import ConfigError

T = TypeVar("T")
TRIES = 3


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, the flag that answers it, and the answer that suggests itself (None: there is none)."""

    text: str
    flag: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks where somebody can answer; else takes the suggestion, or says which flag is missing."""

    session: Session

    def text(self, question: Question) -> str:
        """Take a line.

        Raises:
            ConfigError: nobody can answer, and nothing suggests itself.
        """
        if not self.session.may_ask:
            if question.suggestion is None:
                raise ConfigError(
                    f"{question.text}: nobody can be asked, and {question.flag} is not given.",
                    remedy=f"Give {question.flag}, or run this on a terminal without --no-input.",
                )
            return question.suggestion
        answer = ""
        while not answer:
            shown = question.suggestion or None
            answer = str(typer.prompt(question.text, default=shown, err=True)).strip()
        return answer

    def choice(self, question: Question, options: Sequence[tuple[str, str]]) -> str:
        """Let one of (value, explanation) be chosen, by number or by value."""
        values = [value for value, _ in options]
        if not self.session.may_ask:
            return self.text(question)
        self.session.complain(f"{question.text}:")
        for number, (value, explanation) in enumerate(options, start=1):
            self.session.complain(f"  {number:>2}  {clean(value)}  {clean(explanation)}".rstrip())
        suggested = str(values.index(question.suggestion) + 1) if question.suggestion in values else None
        while True:
            answer = str(typer.prompt("Number or code", default=suggested, err=True)).strip()
            if answer in values:
                return answer
            if answer.isdecimal() and 1 <= int(answer) <= len(values):
                return values[int(answer) - 1]
            self.session.complain(f"{answer!r} is none of them.")

    def yes(self, text: str, *, default: bool) -> bool:
        """Take yes or no."""
        return typer.confirm(text, default=default, err=True) if self.session.may_ask else default

    def until_right(self, ask: Callable[[], T], wrong: tuple[type[Exception], ...]) -> T:
        """Ask again, a few times, while the answer is wrong; where nobody can answer, once."""
        for _ in range(TRIES - 1 if self.session.may_ask else 0):
            try:
                return ask()
            except wrong as error:
                remedy = str(getattr(error, "remedy", "")).replace("`vtxero auth xero", "`vtxero init")
                self.session.complain(f"{getattr(error, 'message', error)} {remedy}".strip())
        return ask()

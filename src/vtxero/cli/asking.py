"""Questions to the person at the terminal, on stderr, each with what suggests itself; without one, the suggestion.

A wrong answer is asked for again at once, and nothing but that one: what was wrong is said first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import typer

from vtxero.cli.session import Session
from vtxero.cli.text import clean
from vtxero.errors import AuthError, ConfigError, NotModelledError, TemporaryError, VtxeroError

T = TypeVar("T")
WRONG = (ConfigError, AuthError, TemporaryError, NotModelledError)
"""What an answer can be the cause of: it is asked again."""
_OF_AUTH = re.compile(r"(?:[;,] then)? ?(?:Start once more with|run|Run) `vtxero auth ?\w*(?: --no-browser)?`(?:, or)?")
_AGAIN = re.compile(r"[,;] then run again(?=\.)| Run again\.")
"""What is for who has left: here it is asked again at once."""
_PHRASES = (
    ("set vtiger.allow_http: true", "give --allow-http"),
    ("set vtiger.edition", "give --edition"),
    ("Run `vtxero auth xero` without it", "Leave it out"),
    ("Correct what is named there.", ""),
)
_KEYS = (
    ("vtiger.url", "Vtiger's address"),
    ("vtiger.username", "the login name"),
    ("xero.client_id", "the client id"),
    ("xero.tenant_id", "the organisation's id"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, the flag that answers it, and the answer that suggests itself (None: there is none).

    `variable` holds the answer as well, and wins over what is typed.
    """

    text: str
    flag: str
    suggestion: str | None = None
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks where somebody can answer; else takes the suggestion, or says which flag is missing.

    `draft` is where the config will lie: a message about it names no line of a file that is not there yet.
    """

    session: Session
    draft: Path

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

    def checked(self, question: Question, check: Callable[[str], T], *, given: str | None = None) -> T:
        """Take what was given, else ask; ask again as long as `check` refuses the answer.

        Raises:
            ConfigError, AuthError, TemporaryError, NotModelledError: it is refused, and nobody can be asked again.
        """
        while True:
            answer = self.text(question) if given is None else given
            try:
                return check(answer)
            except WRONG as error:
                self.again(error, question, was_given=given is not None)
                if isinstance(error, TemporaryError):
                    question = replace(question, suggestion=answer)
            given = None

    def again(self, error: VtxeroError, question: Question | None = None, *, was_given: bool = False) -> None:
        """Say what is wrong with an answer, which will be asked for again.

        Raises:
            VtxeroError: that error, where nobody can answer, or what was given by a variable would win again.
        """
        self.plainly(error)
        if not self.session.may_ask:
            raise error
        if question and was_given and question.variable and os.environ.get(question.variable):
            error.remedy = (
                f"The variable {question.variable} says so, and wins over what is typed: correct or unset it."
            )
            raise error
        self.session.complain(f"{error.message} {_AGAIN.sub('', error.remedy)}".strip())

    def plainly(self, error: VtxeroError) -> None:
        """Let an error tell nothing of the file that is not written yet, nor of commands that need it."""
        place = re.compile(rf"^{re.escape(str(self.draft))}(?::\d+)*: ", re.MULTILINE)
        error.message = _in_words(place.sub("", error.message))
        error.remedy = _tidied(_OF_AUTH.sub("", _in_words(error.remedy).replace(" in the config", "")))

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


def _in_words(text: str) -> str:
    """Name what was asked for, and not the key that it will be written under."""
    for ours, plain in _PHRASES:
        text = text.replace(ours, plain)
    for key, words in _KEYS:
        text = re.sub(rf"^{re.escape(key)}: ", f"{words[0].upper()}{words[1:]} ", text, flags=re.MULTILINE)
        text = text.replace(key, words)
    return text


def _tidied(remedy: str) -> str:
    """Mend the ends of a sentence of which a part was taken out."""
    text = re.sub(r"^[ ,.;]+|[ ,;]+(?=\.|$)", "", re.sub(r"\.\s*\.", ".", remedy)).strip()
    return text[:1].upper() + text[1:]

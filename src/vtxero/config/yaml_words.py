"""What the YAML parser stumbles over, in plain words: what is wrong, and what to write.

The text of the file is never quoted: the line may hold a secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

import yaml

Said: TypeAlias = tuple[str, str]

QUOTES = 'Put the value in quotes, as in name: "value".'
CLOSE = "Close it in its own line, with the same quote."
INDENT = "Set all lines of one section in by the same number of blanks."
_CANNOT_BEGIN = re.compile(r"found character ('.'|\"'\") that cannot start any token")
_ESCAPE = re.compile(r"found unknown escape character '(.*)'")
_PLAIN: tuple[tuple[str, Said], ...] = (
    ("\\t", ("a tab stands where YAML wants blanks", "Write blanks in its place.")),
    (
        "sequence entries are not allowed here",
        ("a list begins on the line of its name", "Begin it on the next line, or write name: [one, two]."),
    ),
    (
        "could not find expected ':'",
        ("a line above has no colon after its name, or its quotes or brackets are not closed", "Write name: value."),
    ),
    (
        "expected the node content",
        ("a bracket or a comma stands where a value is expected", QUOTES),
    ),
    ("found duplicate anchor", ("two values bear the same name with &", "Write the value out, without &.")),
    (
        "but found another document",
        ("the file holds several documents", "Remove the lines that hold nothing but three dashes."),
    ),
    (
        "<document start>",
        ("the file goes on where it had ended, or a line begins with %", "Write lines like name: value only."),
    ),
    (
        "chomping or indentation",
        ("a value begins with | or >, which announce a text of several lines", QUOTES),
    ),
    (
        "a comment or a line break",
        ("something stands behind | or >, which announce a text of several lines", QUOTES),
    ),
    ("alphabetic or numeric character", ("a value begins with & or *, which YAML keeps for itself", QUOTES)),
    ("expected URI", ("a value begins with !, which YAML keeps for itself", QUOTES)),
    ("expected '!'", ("a value begins with !, which YAML keeps for itself", QUOTES)),
    ("tag handle", ("a value begins with !, which YAML keeps for itself", QUOTES)),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a file is no YAML (line and column from 1; 0: it is not known), what is wrong there, what to write."""

    line: int
    column: int
    said: str
    write: str


def fault_of(error: yaml.YAMLError, text: str) -> Fault:
    """Explain an error of the parser."""
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        column = len(before) - (before.rfind("\n") + 1) + 1
        code = error.character if isinstance(error.character, int) else ord(error.character[:1] or "\0")
        said = f"an invisible character (number {code}) stands there: the file is no text, or was damaged"
        return Fault(before.count("\n") + 1, column, said, "Remove it, and save the file in UTF-8.")
    if not isinstance(error, yaml.MarkedYAMLError):
        return Fault(0, 0, "it is no YAML", "Write lines like name: value.")
    mark = error.problem_mark or error.context_mark
    if opened := _never_closed(error):
        return Fault(opened.line + 1, opened.column + 1, "the quote that opens here is never closed", CLOSE)
    if opened := _closed_by_another(error, text):
        return Fault(
            opened.line + 1, opened.column + 1, "the quote that opens here is closed in a later line only", CLOSE
        )
    said, write = _explained(error, text)
    return Fault(mark.line + 1, mark.column + 1, said, write) if mark else Fault(0, 0, said, write)


def _never_closed(error: yaml.MarkedYAMLError) -> yaml.Mark | None:
    problem = error.problem or ""
    ended = "end of stream" in problem or "document separator" in problem
    return error.context_mark if ended and "quoted scalar" in (error.context or "") else None


def _closed_by_another(error: yaml.MarkedYAMLError, text: str) -> yaml.Mark | None:
    """Find the quote that the next value's quote closed: the parser stumbles over what follows that one."""
    mark, last = error.problem_mark, None
    try:
        for token in yaml.scan(text):
            if mark is None or token.end_mark.index > mark.index:
                break
            last = token
    except yaml.YAMLError:
        pass  # the tokens before the fault are what is looked for
    if not isinstance(last, yaml.ScalarToken) or last.style not in {'"', "'"}:
        return None
    return last.start_mark if last.end_mark.line > last.start_mark.line else None


def _explained(error: yaml.MarkedYAMLError, text: str) -> Said:
    problem, context = error.problem or "", error.context or ""
    begun = error.context_mark.line + 1 if error.context_mark else 0
    for part, said in _PLAIN:
        if part in problem:
            return said
    if "values are not allowed here" in problem or "keys are not allowed here" in problem:
        return _second_colon(error, text)
    if "flow" in context:
        kind = "{" if "mapping" in context else "["
        shown = "{name: value, name: value}" if kind == "{" else "[one, two]"
        return f"the {kind} of line {begun} is not closed, or a comma is missing", f"Write {shown}."
    if "<block end>" in problem:
        return _block_end(problem, begun)
    return _by_pattern(problem)


def _second_colon(error: yaml.MarkedYAMLError, text: str) -> Said:
    """Tell `a: b: c` from a line that is set in deeper than the finished one above it."""
    mark = error.problem_mark
    line = text.splitlines()[mark.line][: mark.column] if mark else ""
    if re.search(r":\s", line):
        return "a second colon stands in one line", QUOTES
    return (
        "the line above has a value already, or no colon with a blank behind it, and this one stands below it",
        f"{INDENT} A section's own line ends with a colon.",
    )


def _block_end(problem: str, begun: int) -> Said:
    if "scalar" in problem:
        return "more text follows a value that had ended", 'Put the whole value in quotes; quotes inside it as \\".'
    if "'?'" in problem or "'-'" in problem or "block sequence" in problem:
        return f"the section that begins in line {begun} mixes list items with name: value lines", INDENT
    return f"this line is set in otherwise than the section that begins in line {begun}", INDENT


def _by_pattern(problem: str) -> Said:
    if found := _CANNOT_BEGIN.search(problem):
        return f"a value begins with {found[1].strip(chr(39))}, which YAML keeps for itself", QUOTES
    if found := _ESCAPE.search(problem):
        return f"\\{found[1]} means nothing within double quotes", "Use single quotes, or write \\\\ for \\."
    if "undefined alias" in problem:
        return "a value begins with *, and refers to one that is nowhere named with &", QUOTES
    return f"it is no YAML ({problem})", "Write lines like name: value."

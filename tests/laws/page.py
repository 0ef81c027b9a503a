"""`docs/laws.md` as values: each law with its tests, and a fault that they must find."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "laws.md"
HEADING = re.compile(r"^## (\d+)\. ", re.MULTILINE)
TEST = re.compile(r"^- `(tests/[\w/]+\.py)::(\w+)`$", re.MULTILINE)
FAULT = re.compile(
    r"^The fault, in `([\w/.]+)`: .*?```python\n(.*?)```\s+```python\n(.*?)```", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Law:
    """A law as the page has it; `before` becomes `after` in `file`."""

    number: int
    tests: tuple[tuple[str, str], ...]
    file: str
    before: str
    after: str


def read_laws() -> list[Law]:
    """Read the page."""
    parts = HEADING.split(PAGE.read_text(encoding="utf-8"))[1:]
    return [_law(int(number), text) for number, text in zip(parts[::2], parts[1::2], strict=True)]


def _law(number: int, text: str) -> Law:
    found = FAULT.search(text)
    assert found, f"law {number} has no fault"
    file, before, after = found.groups()
    tests = tuple((path, name) for path, name in TEST.findall(text))
    return Law(number, tests, file, before.rstrip("\n"), after.rstrip("\n"))

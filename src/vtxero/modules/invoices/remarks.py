"""What is to be said about an invoice's lines, each thing once with all its lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, note


@dataclass(slots=True)
class Remarks:
    """What is found on the lines, gathered so that each thing is said once with all its lines."""

    stops: dict[tuple[Code, str, str], list[str]] = field(default_factory=dict)
    notes: dict[tuple[Code, str, str], list[str]] = field(default_factory=dict)

    def stop(self, code: Code, place: str, text: str, remedy: str = "") -> None:
        """Note a reason that stops the record; `place` is `line 2` or `charges`."""
        self.stops.setdefault((code, text, remedy), []).append(place)

    def note(self, code: Code, place: str, text: str, remedy: str = "") -> None:
        """Note something that lets the record cross."""
        self.notes.setdefault((code, text, remedy), []).append(place)

    def has(self, *codes: Code) -> bool:
        """Tell whether one of these stops the record."""
        return any(key[0] in codes for key in self.stops)

    def findings(self) -> list[Finding]:
        """Give everything, each with its lines."""
        found = [
            finding(code, f"{_where(at)}: {text}", field="lines", remedy=remedy)
            for (code, text, remedy), at in self.stops.items()
        ]
        found += [
            note(code, f"{_where(at)}: {text}", field="lines", remedy=remedy)
            for (code, text, remedy), at in self.notes.items()
        ]
        return found


def _where(places_: list[str]) -> str:
    """Write `Line 2`, `Lines 2, 4 and charges`."""
    numbers = [item.removeprefix("line ") for item in places_ if item.startswith("line ")]
    rest = [item for item in places_ if not item.startswith("line ")]
    words = [f"{'lines' if len(numbers) > 1 else 'line'} {', '.join(numbers)}"] if numbers else []
    text = " and ".join((*words, *rest))
    return text[:1].upper() + text[1:]

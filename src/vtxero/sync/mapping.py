"""How the mapping that the config asks for stands to the one under which the records were judged. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

UNSET = "not set"
IN_PART = ", for a part of the records,"
"""Is noted behind the value of an option under which not every record of its module was judged."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which fields of which module an option decides."""

    module: str = ""
    fields: tuple[str, ...] = ()


def _nowhere(_: str) -> Reach:
    return Reach()


@dataclass(frozen=True, slots=True)
class Mapped:
    """What decides which records and fields belong together: option by option, its value as text."""

    options: Mapping[str, str]
    reach: Callable[[str], Reach] = _nowhere
    """Tells of an option, also of one that is not set any more, what it decides."""


@dataclass(frozen=True, slots=True)
class Remapping:
    """What changed in the mapping since records were judged under it, of the modules that a run plans.

    `asked` are those of them that were asked for; of the others nothing is written but new records.
    """

    now: Mapped
    noted: Mapping[str, str]
    planned: frozenset[str]
    asked: frozenset[str]

    @classmethod
    def since(cls, told: str | None, now: Mapped, planned: Collection[str], asked: Collection[str]) -> Remapping:
        """Compare with what an earlier run noted; where none did, nothing has changed."""
        noted = now.options if told is None else json.loads(told)
        return cls(now, noted, frozenset(planned), frozenset(asked))

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """The options that changed, each with its value as it was noted and as it is."""
        names = sorted({*self.noted, *self.now.options})
        both = {name: (self.noted.get(name, UNSET), self.now.options.get(name, UNSET)) for name in names}
        return {name: values for name, values in both.items() if self._is_change(name, *values)}

    def _is_change(self, name: str, before: str, now: str) -> bool:
        module = self.now.reach(name).module
        if before == now or (module and module not in self.planned):
            return False
        return before != now + IN_PART or not module or module in self.asked

    def fields(self, module: str) -> frozenset[str]:
        """Name a module's fields that mean something else now than when their bases were kept."""
        reaches = map(self.now.reach, self.changes)
        return frozenset(field for reach in reaches if reach.module == module for field in reach.fields)

    def note(self, whole: Collection[str], part: Collection[str]) -> str:
        """Give what is to be noted once all records of the `whole` modules, and some of the others, were judged."""
        noted = dict(self.noted)
        for name in {*noted, *self.now.options}:
            module, now = self.now.reach(name).module, self.now.options.get(name)
            if not module or module in whole:
                noted.pop(name, None)
                noted |= {} if now is None else {name: now}
            elif module in part and noted.get(name) != now:
                noted[name] = f"{UNSET if now is None else now}{IN_PART}"
        return json.dumps(noted, sort_keys=True)

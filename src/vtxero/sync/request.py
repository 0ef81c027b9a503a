"""What a run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass

from vtxero.domain.options import ConflictPolicy
from vtxero.domain.sides import Direction
from vtxero.sync.saved import PlannedWrite


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One invocation of `sync`. `modules` empty: all that the config enables; `direction` None: each module's own."""

    modules: tuple[str, ...] = ()
    direction: Direction | None = None
    dry_run: bool = False
    conflict: ConflictPolicy | None = None
    full: bool = False
    """Read both sides whole, whatever the cursors say."""
    resync: bool = False
    """Forget nothing, but read everything and rebuild links from markers and natural keys."""
    only: tuple[str, ...] = ()
    """Records as `module:id`; the id is either side's, or a number, code or name. Empty: all."""
    since: str | None = None
    limit: int | None = None
    """At most so many records are written per module; 0: nothing is, a stopped run's doings are only looked up."""
    max_calls: int | None = None
    max_seconds: float | None = None
    allow: tuple[str, ...] = ()
    approved: tuple[PlannedWrite, ...] | None = None
    """The lines of a saved plan: nothing else is sent. None: whatever the plan of this run says."""
    command: str = "sync"

    def asks_for(self, module: str, *, enabled: bool) -> bool:
        """Tell whether a module was asked for: by name, by a record of it, or by the config where none is named."""
        named = self.modules or {text.partition(":")[0] for text in self.only}
        return module in named if named else enabled

"""What of the books a run is about: its modules, under which terms each is judged, and which of its records."""

from __future__ import annotations

from vtxero.domain.options import ConflictPolicy
from vtxero.domain.sides import Direction, Side
from vtxero.sync.environment import ModulePlan
from vtxero.sync.plan import Terms
from vtxero.sync.request import RunRequest
from vtxero.sync.selection import EVERYTHING, Selection, only_of


class Scope:
    """A request, held against the modules that there are."""

    def __init__(self, modules: tuple[ModulePlan, ...], request: RunRequest) -> None:
        self._request = request
        self.chosen = tuple(item.name for item in modules if self._is_chosen(item))
        """The names of those that were asked for."""
        self.modules = self._with_dependencies(modules)
        """The chosen ones, and those that they depend on, in dependency order."""

    def _is_chosen(self, module: ModulePlan) -> bool:
        asked = self._request.asks_for(module.name, enabled=module.options.enabled)
        return asked and module.goes(self._request.direction)

    def _with_dependencies(self, modules: tuple[ModulePlan, ...]) -> tuple[ModulePlan, ...]:
        by_name = {item.name: item for item in modules}
        names = {*self.chosen, *(d for name in self.chosen for d in by_name[name].depends_on)}
        return tuple(item for item in modules if item.name in names)

    def terms(self, module: ModulePlan) -> Terms:
        """Give the terms under which a module is judged."""
        direction = module.only or self._request.direction or module.options.direction
        policy: ConflictPolicy = self._request.conflict or module.options.conflict
        leader = None
        if module.only:
            leader = Side.VTIGER if module.only is Direction.TO_XERO else Side.XERO
        return Terms(direction, policy, required=module.name in self.chosen, leader=leader)

    def directions(self, module: ModulePlan) -> tuple[Direction, ...]:
        """Give the directions in which a module goes, each of them a row in the report."""
        direction = self.terms(module).direction
        return (Direction.TO_XERO, Direction.TO_VTIGER) if direction is Direction.BOTH else (direction,)

    def selection(self, name: str) -> Selection:
        """What was asked for of a module; what it depends on is looked at whole, and only what is needed stays."""
        if name not in self.chosen:
            return EVERYTHING
        request = self._request
        return Selection(only_of(name, request.only), request.since or "", request.limit)

    def comes_for_its_links(self, name: str) -> bool:
        """Tell whether a module was not chosen, and those that were want no more of it than its links."""
        wanting = [item for item in self.modules if item.name in self.chosen and name in item.depends_on]
        return name not in self.chosen and all(name in item.links_of for item in wanting)

"""The config's rules for fields, and what becomes of Vtiger's mandatory ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.options import ModuleOptions
from vtxero.domain.reference import VtigerModule
from vtxero.domain.sides import Direction, Side
from vtxero.errors import OptionError

R = TypeVar("R")


class FieldRules:
    """The config's `fields` of a module: which of the record's fields cross, which way, and from which Vtiger field."""

    def __init__(
        self,
        module: str,
        options: ModuleOptions,
        fields: Iterable[str],
        *,
        movable: Mapping[str, str],
        fixed: Iterable[str],
        if_named: Iterable[str] = (),
    ) -> None:
        """Check the config.

        Args:
            module: our module's name, for messages.
            options: the module's options.
            fields: all fields of the record that can be merged.
            movable: the Vtiger field that each of these fields is kept in, unless the config names another.
            fixed: the fields that cannot be switched off (a name, a code).
            if_named: the fields that cross only where the config names them.

        Raises:
            OptionError: a field is unknown, or cannot do what the config asks.
        """
        known = tuple(fields)
        self._all = tuple(name for name in known if name not in if_named or name in options.fields)
        self._movable = dict(movable)
        self._moved: list[str] = []
        self._where = f"modules.{module}.fields"
        self._rules: dict[str, str] = {}
        for name, rule in options.fields.items():
            where = f"{self._where}.{name}"
            if name not in known:
                raise OptionError(where, f"there is no such field; there are {', '.join(known)}")
            if isinstance(rule, str):
                self._rules[name] = rule
            else:
                self._rules[name] = rule.get("direction", "both")
                self._move(where, name, rule)
            if name in fixed and self._rules[name] == "off":
                raise OptionError(where, "this field cannot be switched off, the record is known by it")

    @property
    def active(self) -> tuple[str, ...]:
        """The fields that are merged."""
        return tuple(name for name in self._all if self._rules.get(name) != "off")

    def last_counts(self, names: Iterable[str]) -> list[str]:
        """Put fields in the order of writing: one that is off gives way to one that the config put in its place."""
        return sorted(names, key=lambda name: name in self.active)

    def crosses(self, field: str, side: Side) -> bool:
        """Tell whether the field may be carried towards `side`."""
        rule = self._rules.get(field, "both")
        return rule == "both" or rule == Direction.towards(side)

    def held_back(self, side: Side) -> tuple[str, ...]:
        """The fields that may not be carried towards `side`."""
        return tuple(name for name in self._all if not self.crosses(name, side))

    def hold_back(self, wanted: R, held: R, side: Side, *, needed: Collection[str] = ()) -> R:
        """Put back what may not be carried towards `side`; what a new record cannot do without is `needed` and goes."""
        kept = {name: getattr(held, name) for name in self.held_back(side) if name not in needed}
        result: R = replace(wanted, **kept) if kept else wanted  # type: ignore[type-var]
        return result

    def check_places(self, module: VtigerModule) -> None:
        """Check that the Vtiger fields that the config names are there.

        Raises:
            OptionError: one is not.
        """
        for name in self._moved:
            if not self.vtiger_field(name, module):
                raise OptionError(
                    f"{self._where}.{name}", f"{module.name} has no field named or labelled {self._movable[name]!r}"
                )

    def vtiger_field(self, field: str, module: VtigerModule) -> str:
        """Find the field's name in this Vtiger; blank when the module has no such field."""
        wanted = self._movable.get(field, "")
        return resolve_field(wanted, module) if wanted else ""

    def _move(self, where: str, name: str, rule: Mapping[str, str]) -> None:
        unknown = set(rule) - {"vtiger", "direction"}
        if unknown or "vtiger" not in rule:
            raise OptionError(where, "write {vtiger: field name or label}, with `direction` where it goes one way")
        if name not in self._movable:
            raise OptionError(where, "this field has a fixed place in Vtiger")
        if self._rules[name] not in {"both", "to-xero", "to-vtiger", "off"}:
            raise OptionError(f"{where}.direction", "write both, to-xero, to-vtiger or off")
        self._movable[name] = rule["vtiger"]
        self._moved.append(name)


def resolve_field(key: str, module: VtigerModule) -> str:
    """Find a field of `module` by name, else by label; blank when there is none."""
    return key if module.has(key) else module.by_label(key)


def with_defaults(element: dict[str, str], module: VtigerModule, defaults: Mapping[str, str]) -> dict[str, str]:
    """Fill the fields that a new record leaves blank with the config's `defaults`, which go by name or label."""
    filled = dict(element)
    for key, value in defaults.items():
        name = resolve_field(key, module)
        if name and not filled.get(name):
            filled[name] = value
    return filled


def missing_mandatory(element: Mapping[str, str], module: VtigerModule) -> tuple[str, ...]:
    """Name the mandatory fields (by label) that a new record of `module` would leave blank.

    Vtiger names only the first one ("<field> does not have a value") and would refuse the record.
    """
    return tuple(
        item.label
        for item in module.fields
        if item.mandatory and item.kind != "autogenerated" and not element.get(item.name, "").strip()
    )


def with_mandatory(changed: Mapping[str, str], module: VtigerModule, defaults: Mapping[str, str]) -> dict[str, str]:
    """Give a change in which mandatory fields that it would clear get the config's default."""
    known = {resolve_field(key, module): value for key, value in defaults.items()}
    cleared = {name for name in _cleared(changed, module) if known.get(name)}
    return {name: known[name] if name in cleared else value for name, value in changed.items()}


def cleared_findings(
    changed: Mapping[str, str], module: VtigerModule, defaults: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Say which mandatory fields a change would clear, where the config has no default for them."""
    left = _cleared(with_mandatory(changed, module, defaults), module)
    return tuple(mandatory_finding(item.label) for item in module.fields if item.name in left)


def mandatory_finding(label: str) -> Finding:
    """Say that a mandatory field of Vtiger has nothing to be filled with."""
    return finding(Code.MANDATORY_FIELD, f"{label} is mandatory in Vtiger and has no value in Xero.", field=label)


def _cleared(changed: Mapping[str, str], module: VtigerModule) -> set[str]:
    return {item.name for item in module.fields if item.mandatory and not changed.get(item.name, "-").strip()}

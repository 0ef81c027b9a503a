"""What the modules share: text that both services can hold, rows from the wire, and the config's rules for fields."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, note
from vtxero.domain.money import is_usable
from vtxero.domain.options import ModuleOptions
from vtxero.domain.reference import VtigerModule
from vtxero.domain.sides import Direction, Side
from vtxero.domain.text import as_vtiger_stores, beyond_bmp, has_script, is_broken, match_key, mended, shorten, unescape
from vtxero.domain.words import called
from vtxero.errors import ConfigError, NotModelledError

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_MOMENT = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?")


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


Text: TypeAlias = Annotated[str, BeforeValidator(_as_text)]
"""A value of the wire as text: numbers as they are written, null as blank (Vtiger 8.3.0 sends null for empty)."""


def _usable(amount: Decimal) -> Decimal:
    if not is_usable(amount):
        raise ValueError(f"{amount} is too large or too long a number to calculate with")
    return amount


Amount: TypeAlias = Annotated[Decimal, AfterValidator(_usable)]
"""A number of the wire that can be calculated with exactly."""


XeroId: TypeAlias = Annotated[str, StringConstraints(to_lower=True)]
"""An id of Xero's. Letter case says nothing in a GUID, and links compare ids as texts."""
XeroRef: TypeAlias = Annotated[XeroId, BeforeValidator(_as_text)]
"""The id of another record, blank where Xero gives none."""


class WireModel(BaseModel):
    """Base of the wire models: what is not named is kept aside, since custom fields have names of their own."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


class VtigerRow(WireModel):
    """A row of any Vtiger module, read by field name."""

    id: str

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Refuse half characters: neither the state nor the other service could hold the text."""
        check_whole(self.model_extra or {})
        return self

    def text(self, field: str) -> str:
        """Give a field's value, blank when the field has no name here, or the row does not have it."""
        return _as_text((self.model_extra or {}).get(field)).replace("\r\n", "\n") if field else ""


class XeroRow(WireModel):
    """Base of Xero's elements."""

    @model_validator(mode="before")
    @classmethod
    def _is_whole(cls, row: object) -> object:
        """Refuse half characters, wherever they stand."""
        check_whole(row)
        return row


def read_json(raw: bytes | str) -> Any:
    """Read JSON with its decimals as they are written.

    Raises:
        NotModelledError: it is no JSON.
    """
    try:
        return json.loads(raw, parse_float=Decimal)
    except ValueError as problem:
        raise NotModelledError(f"the page is no JSON: {problem}") from problem


def write_json(row: object) -> str:
    """Give a row as JSON text; decimals become strings, which the wire models read as well."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str)
    return json.dumps(row, separators=(",", ":"), default=str) if is_broken(text) else text


def check_whole(value: object, name: str = "value") -> None:
    """Check that the texts of a row are whole, all the way down.

    Raises:
        ValueError: one holds half a character, which no service, file or database can carry.
    """
    match value:
        case Mapping():
            for key, one in value.items():
                check_whole(one, str(key))
        case list():
            for one in value:
                check_whole(one, name)
        case str() if is_broken(value):
            raise ValueError(f"its {name} holds half a character: {mended(value)!r}")


def faults_of(problem: Exception) -> str:
    """Say what is wrong with a row, field by field, without quoting the row."""
    if not isinstance(problem, ValidationError):
        return str(problem)
    faults = (
        (".".join(map(str, item["loc"])), item["msg"].removeprefix("Value error, "))
        for item in problem.errors(include_input=False)
    )
    return ", ".join(f"{place}: {said}".removeprefix(": ") for place, said in faults)


def xero_moment(text: str) -> str:
    """Turn Xero's `/Date(1789344000000+0000)/`, with or without an offset, into `2026-09-14T00:00:00`, UTC.

    The milliseconds are UTC whatever the offset says. An ISO time stays, without its zone letter and fraction.
    What is neither, or lies outside of all years, is blank: as a time it would lead the next reading astray.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found:
        try:
            return datetime.fromtimestamp(int(found.group(1)) // 1000, UTC).isoformat()[:19]
        except (ValueError, OverflowError, OSError):
            return ""
    iso = _ISO.match(text.strip())
    return iso.group() if iso else ""


def composed(text: str) -> str:
    """Drop outer blanks and compose accents, so that equal texts are equal characters."""
    return unicodedata.normalize("NFC", text.strip())


def vtiger_text(text: str, limit: int) -> str:
    """Give the text as Vtiger can hold it: emoji become ???? in its tables, scripts are escaped, the column cuts."""
    return shorten(as_vtiger_stores(text), limit)


def text_notes(where: str, text: str, kept: str, side: Side) -> tuple[Finding, ...]:
    """Say what `side` loses of `text` where it gets `kept`; the same text in another spelling has lost nothing."""
    storable = as_vtiger_stores(text) if side is Side.VTIGER else text
    why = []
    if beyond_bmp(text) and side is Side.VTIGER:
        why.append("cannot store characters such as emoji")
    if has_script(text) and side is Side.VTIGER:
        why.append("escapes texts with a script in them")
    said, whole = (match_key(unescape(part)) for part in (kept.removesuffix("…"), storable))
    if said != whole:
        why.append(
            f"holds fewer than {len(storable)} characters" if whole.startswith(said) else "cannot hold it as it is"
        )
    if not why:
        return ()
    message = f"{where}: {side.value.capitalize()} {' and '.join(why)}, so it gets {kept!r}."
    return (note(Code.TEXT_UNSUPPORTED, message, field=where),)


def unreadable_finding(side: Side, what: str, problem: Exception) -> Finding:
    """Say that a row is not as the service's rows of `what` are, or holds what nothing can be done with."""
    code = Code.XERO_REFUSED if side is Side.XERO else Code.VTIGER_REFUSED
    return finding(code, f"{side.value.capitalize()}'s answer for this {what} cannot be read ({faults_of(problem)}).")


def unstorable_findings(text: str, what: str, *, field: str, remedy: str = "") -> list[Finding]:
    """Say why Vtiger would not keep a name or code as it is: emoji become ????, texts with a script are escaped."""
    why = []
    if beyond_bmp(text):
        why.append(f"Vtiger would store ???? for a part of the {what} {text!r}.")
    if has_script(text):
        why.append(f"Vtiger would escape the {what} {text!r}, for it has a script in it.")
    return [finding(Code.TEXT_UNSUPPORTED, message, field=field, remedy=remedy) for message in why]


def kept_otherwise(code: Code, place: tuple[str, str], service: str, kept: object, sent: object) -> Finding:
    """Note that a service kept a text otherwise than it was sent; `place` is module and field."""
    return note(code, f"{called(*place)}: {service} keeps {kept!r} for {sent!r}.", field=place[1])


def xero_email(text: str) -> str:
    """Give the address as Xero takes it, blank when it would refuse it ("Email address must be valid.")."""
    address = text.strip()
    return address if _EMAIL.fullmatch(address) and len(address) <= 255 else ""


def same_email(one: str, other: str) -> bool:
    """Tell whether two addresses are the same; letter case does not count."""
    return one.strip().casefold() == other.strip().casefold()


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
    ) -> None:
        """Check the config.

        Args:
            module: our module's name, for messages.
            options: the module's options.
            fields: all fields of the record that can be merged.
            movable: the Vtiger field that each of these fields is kept in, unless the config names another.
            fixed: the fields that cannot be switched off (a name, a code).

        Raises:
            ConfigError: a field is unknown, or cannot do what the config asks.
        """
        self._all = tuple(fields)
        self._movable = dict(movable)
        self._moved: list[str] = []
        self._where = f"modules.{module}.fields"
        self._rules: dict[str, str] = {}
        for name, rule in options.fields.items():
            where = f"{self._where}.{name}"
            if name not in self._all:
                raise ConfigError(f"{where}: there is no such field; there are {', '.join(self._all)}")
            if isinstance(rule, str):
                self._rules[name] = rule
            else:
                self._rules[name] = rule.get("direction", "both")
                self._move(where, name, rule)
            if name in fixed and self._rules[name] == "off":
                raise ConfigError(f"{where}: this field cannot be switched off, the record is known by it")

    @property
    def active(self) -> tuple[str, ...]:
        """The fields that are merged."""
        return tuple(name for name in self._all if self._rules.get(name) != "off")

    def crosses(self, field: str, side: Side) -> bool:
        """Tell whether the field may be carried towards `side`."""
        rule = self._rules.get(field, "both")
        return rule == "both" or rule == Direction.towards(side)

    def held_back(self, side: Side) -> tuple[str, ...]:
        """The fields that may not be carried towards `side`."""
        return tuple(name for name in self._all if not self.crosses(name, side))

    def check_places(self, module: VtigerModule) -> None:
        """Check that the Vtiger fields that the config names are there.

        Raises:
            ConfigError: one is not.
        """
        for name in self._moved:
            if not self.vtiger_field(name, module):
                raise ConfigError(
                    f"{self._where}.{name}: {module.name} has no field named or labelled {self._movable[name]!r}"
                )

    def vtiger_field(self, field: str, module: VtigerModule) -> str:
        """Find the field's name in this Vtiger; blank when the module has no such field."""
        wanted = self._movable.get(field, "")
        return resolve_field(wanted, module) if wanted else ""

    def _move(self, where: str, name: str, rule: Mapping[str, str]) -> None:
        unknown = set(rule) - {"vtiger", "direction"}
        if unknown or "vtiger" not in rule:
            raise ConfigError(f"{where}: write {{vtiger: field name or label}}, with `direction` where it goes one way")
        if name not in self._movable:
            raise ConfigError(f"{where}: this field has a fixed place in Vtiger")
        if self._rules[name] not in {"both", "to-xero", "to-vtiger", "off"}:
            raise ConfigError(f"{where}.direction: write both, to-xero, to-vtiger or off")
        self._movable[name] = rule["vtiger"]
        self._moved.append(name)


def resolve_field(key: str, module: VtigerModule) -> str:
    """Find a field of `module` by name, else by label; blank when there is none."""
    return key if module.has(key) else module.by_label(key)


SOURCE = "XERO "
"""What stands before Xero's id in `source`, a Vtiger field that every module has and that is set at creation only
(measured on 8.2.0, which keeps it in capitals): the marker of what we made there, without any custom field."""


def source_of(xero_id: str) -> str:
    """Give the `source` of a Vtiger record that is made from this Xero record."""
    return f"{SOURCE}{xero_id}"


def marked_source(source: str) -> str:
    """Give the Xero id that a `source` names, blank when we did not make the record; Xero writes its ids small."""
    return source.removeprefix(SOURCE).lower() if source.startswith(SOURCE) else ""


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

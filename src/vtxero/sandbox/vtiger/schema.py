"""Modules and fields as `describe` tells them, parsed once for reading and writing records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from vtxero.sandbox.vtiger.definitions import (
    ACTOR_TYPES,
    CUSTOM_FIELDS,
    LISTTYPES,
    MODULES,
)

INVENTORY: Final = "Invoice"
PRICED: Final = frozenset({"Products", "Services"})
LINE_COLUMNS: Final = (
    "productid", "quantity", "listprice", "comment", "discount_amount", "discount_percent",
    "tax1", "tax2", "tax3", "image", "purchase_cost", "margin",
)  # fmt: skip
HEADER_DISCOUNTS: Final = {"hdnDiscountPercent": "discount_percent", "hdnDiscountAmount": "discount_amount"}
SYNTHETIC: Final = re.compile(r"(tax|currency)\d+\Z|.*_&_|shipping_&")

_SCALES: Final = {
    "conversion_rate": 3, "qty_per_unit": 2, "qtyinstock": 3, "quantity": 3, "hdnS_H_Percent": 8,
    "hdnDiscountPercent": 3, "listprice": 8, "discount_amount": 8, "purchase_cost": 8, "margin": 8,
}  # fmt: skip
_TYPE_SCALES: Final = {"currency": 8, "double": 3, "integer": 0}
_NULL_NUMBERS: Final = frozenset({"hdnDiscountPercent", "hdnDiscountAmount"})
_LENGTHS: Final = {
    # Columns are VARCHAR and cut silently; names not listed here hold 250 characters.
    "accountname": 100, "subject": 100, "firstname": 40, "lastname": 80, "account_no": 100,
    "phone": 30, "fax": 30, "otherphone": 30, "tickersymbol": 30, "ownership": 50, "siccode": 50,
    "productname": 100, "productcode": 40, "productsheet": 200, "servicename": 255,
    "bill_city": 30, "ship_city": 30, "bill_state": 30, "ship_state": 30, "bill_code": 30, "ship_code": 30,
    "bill_country": 30, "ship_country": 30, "bill_pobox": 30, "ship_pobox": 30,
    "title": 50, "department": 30, "mobile": 50, "assistant": 30,
    "email": 100, "email1": 100, "email2": 100, "secondaryemail": 100, "website": 100,
    "vtiger_purchaseorder": 200, "customerno": 100, "source": 100, "hdnTaxType": 25,
    "bill_street": 250, "ship_street": 250, "mailingstreet": 250, "otherstreet": 250,
    "mailingcity": 40, "othercity": 40, "mailingcountry": 40, "othercountry": 30, "mailingstate": 30, "otherstate": 50,
    "mailingzip": 30, "otherzip": 30, "mailingpobox": 30, "otherpobox": 30, "homephone": 50, "assistantphone": 50,
    "manufacturer": 200, "mfr_part_no": 200, "vendor_part_no": 200, "serial_no": 200, "salutationtype": 200,
    "Contacts.phone": 50, "Contacts.otherphone": 50, "Contacts.fax": 50,
}  # fmt: skip
_PICKLIST_LENGTH: Final = 200
_TEXT_LENGTH: Final = 250


@dataclass(frozen=True, slots=True)
class Field:
    """One column that records of a module hold."""

    name: str
    type: str
    mandatory: bool = False
    unique: bool = False
    editable: bool = True
    refers_to: tuple[str, ...] = ()
    module: str = ""

    @property
    def is_reference(self) -> bool:
        return self.type in {"reference", "owner"}

    @property
    def scale(self) -> int | None:
        """Decimals of a numeric column; None for any other."""
        if self.type not in _TYPE_SCALES:
            return None
        if self.name.startswith("cf_") and self.type == "currency":
            return 2
        return _SCALES.get(self.name, _TYPE_SCALES[self.type])

    @property
    def length(self) -> int | None:
        """Characters the column holds; None for texts without a limit that matters."""
        known = _LENGTHS.get(f"{self.module}.{self.name}") or _LENGTHS.get(self.name)
        if known or self.type == "text":
            return known
        return _PICKLIST_LENGTH if self.type == "picklist" else _TEXT_LENGTH

    @property
    def empty(self) -> str:
        """What an untouched column reads as."""
        if self.type == "boolean":
            return "0"
        if self.scale is None or self.name in _NULL_NUMBERS:
            return ""
        return f"{0:.{self.scale}f}"


@dataclass(frozen=True, slots=True)
class Module:
    """One type of record: its id prefix, its stored fields, and its describe answer."""

    name: str
    prefix: str
    fields: Mapping[str, Field]
    label_fields: tuple[str, ...]
    is_entity: bool
    describe: Mapping[str, Any] = field(repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Fields of the header, in wire order: an invoice's without those of its lines."""
        skip = {"id", *LINE_COLUMNS} if self.name == INVENTORY else {"id"}
        return tuple(name for name in self.fields if name not in skip)

    @property
    def mandatory(self) -> tuple[str, ...]:
        return tuple(name for name, each in self.fields.items() if each.mandatory)

    @property
    def number_field(self) -> str | None:
        """Return the field the server numbers itself: account_no, invoice_no, paymentsno..."""
        own = (name for name in self.fields if name.endswith("_no") or name == "paymentsno")
        return next((name for name in own if not self.fields[name].editable), None)


def module_of(describe: Mapping[str, Any]) -> Module:
    """Parse a describe answer; the synthetic fields at its end are not stored columns."""
    name = str(describe["name"])
    fields = {
        each["name"]: _field_of(name, each)
        for each in describe["fields"]
        if "isunique" in each or not describe.get("isEntity") or each["name"] == "id"
    }
    if name == "LineItem":
        fields.setdefault("description", Field("description", "text"))
    if name == INVENTORY:
        fields = _with_costs(fields)
    labels = tuple(part for part in str(describe.get("labelFields") or "").split(",") if part)
    return Module(name, str(describe["idPrefix"]), fields, labels, bool(describe.get("isEntity")), describe)


def _with_costs(fields: dict[str, Field]) -> dict[str, Field]:
    """Add the columns of a line that queries know and describe does not list; they stand before `source`."""
    costs = {"image": "string", "purchase_cost": "currency", "margin": "currency"}
    result: dict[str, Field] = {}
    for name, each in fields.items():
        if name == "source":
            result |= {cost: Field(cost, kind) for cost, kind in costs.items()}
        result[name] = each
    return result


def _field_of(module: str, raw: Mapping[str, Any]) -> Field:
    return Field(
        name=str(raw["name"]),
        type=str(raw["type"]["name"]),
        mandatory=bool(raw["mandatory"]),
        unique=bool(raw.get("isunique")),
        editable=bool(raw["editable"]),
        refers_to=tuple(raw["type"].get("refersTo") or ()),
        module=module,
    )


def builtin_describes(*, custom_fields: bool = True) -> dict[str, dict[str, Any]]:
    """Expand the compact definitions into describe answers."""
    return {
        name: expand(name, definition, custom=CUSTOM_FIELDS.get(name, "") if custom_fields else "")
        for name, definition in MODULES.items()
    }


def expand(name: str, definition: tuple[str, str, str, bool, str], *, custom: str = "") -> dict[str, Any]:
    """Expand one compact definition: label, id prefix, label fields, whether it is an entity, and its fields."""
    label, prefix, label_fields, is_entity, text = definition
    lines = [line for line in text.replace("*", custom).splitlines() if line]
    result: dict[str, Any] = {"label": label, "name": name}
    result |= dict.fromkeys(("createable", "updateable", "deleteable", "retrieveable"), True)
    result["fields"] = [_describe_field(line, is_entity=is_entity) for line in lines]
    result |= {"idPrefix": prefix, "isEntity": is_entity}
    if is_entity:
        result["allowDuplicates"] = False
    return result | {"labelFields": label_fields}


def _describe_field(line: str, *, is_entity: bool) -> dict[str, Any]:
    name, label, kind, marks = line.split("|")
    flags, has_default, default = marks.partition("d")
    result: dict[str, Any] = {"name": name, "label": label, "mandatory": "m" in flags, "type": _type_of(kind)}
    if is_entity and name != "id":
        result["isunique"] = "u" in flags
    result |= {"nullable": "n" not in flags, "editable": "r" not in flags}
    if is_entity or has_default or name == "id":
        result["default"] = default
    return result


def _type_of(kind: str) -> dict[str, Any]:
    if ">" in kind:
        name, _, targets = kind.partition(">")
        return {"refersTo": [each for each in targets.split(",") if each], "name": name}
    if "=" in kind:
        name, _, values = kind.partition("=")
        options = [each.replace("&#44;", ",") for each in values.split(",") if each]
        pairs = [{"label": each.capitalize() if each.islower() else each, "value": each} for each in options]
        return {"picklistValues": pairs, "defaultValue": options[0] if options else None, "name": name}
    if kind == "file":
        return {"maxUploadFileSize": 16000000, "name": "file"}
    if kind == "date":
        return {"format": "yyyy-mm-dd", "name": "date"}
    return {"name": kind}


def builtin_listtypes() -> dict[str, Any]:
    """Expand the list of types a fresh server offers, in its order."""
    information: dict[str, Any] = {}
    for entry in LISTTYPES.split():
        name, label, singular = ([*entry.split(":"), "", ""])[:3]
        shown = (label or name).replace("_", " ")
        one = singular.replace("_", " ") or shown.removesuffix("s")
        information[name] = {"isEntity": True, "label": shown, "singular": one}
    for name in ACTOR_TYPES:
        information[name] = {"isEntity": False, "label": name, "singular": name}
    return {"types": list(information), "information": information}


def extra_fields(rows: Iterable[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """Describe the synthetic fields of Products and Services; PHP prints their marks as texts."""
    return [
        {
            "name": name, "label": label, "type": {"name": "double"},
            "nullable": "1", "editable": "1", "mandatory": "", "default": default,
        }
        for name, label, default in rows
    ]  # fmt: skip

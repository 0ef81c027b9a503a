"""Types that are plain tables: taxes, currencies, line items, and a few that can only be read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from vtxero.sandbox.vtiger import errors, lines, records, values
from vtxero.sandbox.vtiger.schema import Module
from vtxero.sandbox.vtiger.state import Line, User, VtigerState

WRITABLE: Final = frozenset({"Tax", "Currency", "LineItem", "ProductTaxes"})
_RATE_SCALE: Final = 5
_TAX_SCALE: Final = 3


def create(state: VtigerState, user: User, module: Module, element: Mapping[str, Any]) -> dict[str, Any]:
    """Create a row of a table that allows it; all but line items need an administrator."""
    if module.name == "ProductTaxes":
        # The table has no key of its own, so the fresh row is not found again, and nothing is stored.
        raise errors.not_found()
    if module.name == "LineItem":
        return _create_line(state, module, element)
    if not user.is_admin:
        raise errors.no_write()
    if module.name == "Tax":
        return _create_tax(state, element)
    if module.name == "Currency":
        records.check_mandatory(module, element)
        return _create_currency(state, module, element)
    raise errors.NotModelledError(f"create {module.name}")


def retrieve(state: VtigerState, module: Module, number: int) -> dict[str, Any]:
    if module.name == "LineItem":
        return lines.alone(state, state.lines[number])
    row = state.actors[module.name][number]
    return _tax_answer(state, number) if module.name == "Tax" else dict(row)


def exists(state: VtigerState, module: Module, number: int) -> bool:
    return number in (state.lines if module.name == "LineItem" else state.actors.get(module.name, {}))


def revise(state: VtigerState, user: User, module: Module, number: int, element: Mapping[str, Any]) -> dict[str, Any]:
    """Change the columns sent; a line's invoice is not recomputed."""
    if module.name == "LineItem":
        return _revise_line(state, number, element)
    if not user.is_admin:
        raise errors.no_write()
    if module.name == "Tax":
        row = state.actors["Tax"][number]
        if "taxlabel" in element:
            row["taxlabel"] = values.php_text(element["taxlabel"])
        if "percentage" in element:
            row["percentage"] = values.fixed(values.number(element["percentage"]), _TAX_SCALE)
        return _tax_answer(state, number)
    if module.name == "Currency":
        row = state.actors["Currency"][number]
        row |= _currency_columns(module, element)
        return dict(row)
    raise errors.NotModelledError(f"write {module.name}")


def update(state: VtigerState, user: User, module: Module, number: int, element: Mapping[str, Any]) -> dict[str, Any]:
    """Update a row, with the two corruptions that are known of it."""
    if module.name == "LineItem":
        parent = state.lines[number].parent
        for line in state.lines_of(parent):
            del state.lines[line.number]
        raise errors.not_found()
    records.check_mandatory(module, element)
    if module.name == "Tax" and user.is_admin:
        row = state.actors["Tax"][number]
        label = values.php_text(element.get("taxlabel", row["taxlabel"]))
        # The column name is looked up by label, and the last match wins: duplicates swap their columns.
        row |= {"taxname": _last_with_label(state, label), "taxlabel": label}
        element = {name: value for name, value in element.items() if name != "taxlabel"}
    return revise(state, user, module, number, element)


def delete(state: VtigerState, user: User, module: Module, number: int) -> None:
    """Delete a row: taxes are only marked, and a line's invoice ends at zero."""
    if module.name == "LineItem":
        invoice = state.find(state.lines.pop(number).parent)
        if invoice is not None:
            invoice.fields |= dict.fromkeys(("hdnSubTotal", "hdnGrandTotal", "pre_tax_total"), "0.00000000")
        return
    if not user.is_admin:
        raise errors.no_write()
    if module.name != "Tax":
        raise errors.NotModelledError(f"delete {module.name}")
    state.actors["Tax"][number]["deleted"] = "1"


# -- taxes and currencies ----------------------------------------------------------------------------------


def _create_tax(state: VtigerState, element: Mapping[str, Any]) -> dict[str, Any]:
    """Add a tax column; the name sent is ignored, the label need not be new."""
    taxes = state.actors["Tax"]
    number = max(taxes, default=0) + 1
    formula = re.findall(r"tax(\d+)", values.php_text(element.get("formula")))
    taxes[number] = {
        "id": f"34x{number}", "taxname": f"tax{number}", "taxlabel": values.php_text(element.get("taxlabel")),
        "percentage": values.fixed(values.number(element.get("percentage")), _TAX_SCALE), "deleted": "0",
        "method": "Compound" if formula else values.php_text(element.get("method")) or "Simple",
        "type": values.php_text(element.get("type")) or "Fixed",
        "compoundon": json.dumps(formula, separators=(",", ":")), "regions": "[]",
    }  # fmt: skip
    for line in state.lines.values():
        line.fields.setdefault(f"tax{number}", values.fixed(Decimal(0), _TAX_SCALE))
    return _tax_answer(state, number)


def _tax_answer(state: VtigerState, number: int) -> dict[str, Any]:
    """Show a tax as its own operations do: other keys than a query, and a formula when compound."""
    row = state.actors["Tax"][number]
    names = ("taxname", "taxlabel", "percentage", "deleted", "method", "type")
    result = {"taxid": str(number)} | {name: row[name] for name in names} | {"id": row["id"]}
    below = [state.actors["Tax"][int(each)]["taxname"] for each in json.loads(row["compoundon"] or "[]")]
    return result | ({f"{row['taxname']}_formula": "+".join(below)} if below else {})


def _last_with_label(state: VtigerState, label: str) -> str:
    matching = [each["taxname"] for each in state.actors["Tax"].values() if each["taxlabel"] == label]
    return matching[-1] if matching else ""


def _create_currency(state: VtigerState, module: Module, element: Mapping[str, Any]) -> dict[str, Any]:
    number = max(state.actors["Currency"], default=0) + 1
    row = dict.fromkeys(module.fields, "") | _currency_columns(module, element) | {"id": f"21x{number}"}
    state.actors["Currency"][number] = row
    return dict(row)


def _currency_columns(module: Module, element: Mapping[str, Any]) -> dict[str, str]:
    columns = {name: values.php_text(element[name]) for name in module.fields if name in element and name != "id"}
    if "conversion_rate" in columns:
        columns["conversion_rate"] = values.fixed(values.number(columns["conversion_rate"]), _RATE_SCALE)
    return columns


# -- line items, which nobody should write directly --------------------------------------------------------


def _create_line(state: VtigerState, module: Module, element: Mapping[str, Any]) -> dict[str, Any]:
    records.check_references(state, module, element)
    records.check_mandatory(module, element)
    parent = values.php_text(element.get("parent_id"))
    position = int(values.number(element.get("sequence_no")))
    columns = lines.build(state, element, position, individual=True)
    columns["incrementondel"] = "1"
    line = Line(state.next_line_number(), parent, values.php_text(element["productid"]), columns)
    state.lines[line.number] = line
    return lines.alone(state, line)


def _revise_line(state: VtigerState, number: int, element: Mapping[str, Any]) -> dict[str, Any]:
    line = state.lines[number]
    for name, value in element.items():
        if name in lines.LINE_SCALES:
            line.fields[name] = values.fixed(values.number(value), lines.LINE_SCALES[name])
        elif name in state.tax_names():
            line.fields[name] = values.fixed(values.number(value), _TAX_SCALE)
        elif name in {"comment", "description"}:
            line.fields[name] = values.three_byte(values.php_text(value))
    return lines.alone(state, line)

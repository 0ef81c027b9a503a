"""The pages of the Vtiger stand-in's records, under the addresses of the real one's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any

from vtxero.sandbox.pages import Page, as_text, listing, readable
from vtxero.sandbox.vtiger import hands
from vtxero.sandbox.vtiger.schema import INVENTORY, Module
from vtxero.sandbox.vtiger.state import VtigerState

PATHS = ("/index.php", "/view/detail")
LISTED = ("Accounts", "Contacts", "Products", "Services", "Invoice")
HEADER = ("subject", "invoicedate", "duedate", "invoicestatus", "description")
"""Of an invoice, only what moves no sum: its lines are edited where Vtiger computes them anew."""
_KINDS = {
    "Accounts": "organization",
    "Contacts": "contact",
    "Products": "product",
    "Services": "service",
    "Invoice": "invoice",
    "Payments": "payment",
}
_MUTE = {"label", "modifiedby", "productid", "starred", "tags", "LineItems", "LineItems_FinalDetails"}
"""What a person needs no line for: the first item is among the lines, the name in the title."""


def page_finder(state: VtigerState) -> Callable[[str, Mapping[str, str]], Page | None]:
    """Give the function that finds a record's page by `module` and the bare record number."""

    def find(path: str, query: Mapping[str, str]) -> Page | None:
        if path == "/":
            with state.lock:
                return listing("A stand-in for Vtiger", tuple(_links(state)))
        number = query.get("record") or query.get("id") or ""
        if path not in PATHS or "module" not in query or not number:
            return None
        with state.lock:
            return _page(state, query["module"], number)

    return find


def _links(state: VtigerState) -> Iterator[tuple[str, str]]:
    for name in LISTED:
        module = state.modules.get(name)
        for record in state.live(name) if module else ():
            label = " ".join(as_text(record.fields.get(each)) for each in module.label_fields) if module else ""
            page = f"/index.php?module={name}&view=Detail&record={record.number}"
            yield f"{_KINDS[name].capitalize()}: {unescape(label)}", page


def _page(state: VtigerState, module_name: str, number: str) -> Page:
    module = state.modules[module_name]
    wire_id = f"{module.prefix}x{number}"
    record = state.find(wire_id)
    if record is None:
        raise LookupError(wire_id)
    held = hands.shown(state, record)
    words = _words(state, module)
    own = HEADER if module_name == INVENTORY else module.columns
    typed = [name for name in own if name in held and name in words and _can_be_typed(module, name)]
    editable = {name: _readable(state, module, name, held[name]) for name in typed}
    label = " ".join(as_text(held.get(name)) for name in module.label_fields)
    rest = {
        words[name]: _readable(state, module, name, value)
        for name, value in held.items()
        if name in words and name not in editable
    }
    return Page(
        f"{label} ({_KINDS.get(module_name, module_name)} {wire_id}, stand-in for Vtiger)",
        editable,
        rest,
        lambda changed: hands.edit(state, wire_id, _stored(module, changed)),
        words=words,
        lines=[_line(state, each) for each in held.get("LineItems") or ()],
    )


def _words(state: VtigerState, module: Module) -> dict[str, str]:
    """Give what Vtiger's own pages call the fields; what has no name there is not shown."""
    taxes = {row["taxname"]: f"Tax {row['taxlabel']}, percent" for row in state.actors["Tax"].values()}
    named = {each["name"]: unescape(str(each["label"])) for each in module.describe["fields"]}
    return {name: text for name, text in (taxes | named | {"id": "Id in the web service"}).items() if name not in _MUTE}


def _can_be_typed(module: Module, name: str) -> bool:
    """Tell what a person types; other records are chosen from lists, which a plain page has not."""
    return module.fields[name].editable and not module.fields[name].is_reference


def _stored(module: Module, typed: Mapping[str, str]) -> dict[str, str]:
    switches = {name for name in typed if module.fields[name].type == "boolean"}
    numbers = {"yes": "1", "no": "0"}
    return {name: numbers.get(text, text) if name in switches else text for name, text in typed.items()}


def _readable(state: VtigerState, module: Module, name: str, value: Any) -> str:
    """Show what is stored: a record that it refers to by its name, a switch as yes or no."""
    found = module.fields.get(name)
    text = as_text(value)
    if found and found.type == "boolean":
        return "yes" if text in {"1", "on", "true"} else "no"
    return _name_of(state, text) if found and found.is_reference else readable(unescape(text))


def _name_of(state: VtigerState, wire_id: str) -> str:
    record = state.find(wire_id)
    if record is not None:
        label = " ".join(as_text(record.fields.get(name)) for name in state.modules[record.module].label_fields)
        return f"{unescape(label)} ({wire_id})"
    number = wire_id.partition("x")[2]
    if wire_id.startswith("19x"):
        return next((user.name for user in state.users.values() if str(user.number) == number), wire_id)
    row = state.actors["Currency"].get(int(number)) if wire_id.startswith("21x") and number.isdecimal() else None
    return str(row["currency_code"]) if row else wire_id


def _line(state: VtigerState, line: Mapping[str, Any]) -> dict[str, str]:
    """Show a line of an invoice; of its taxes, those that are charged."""
    taxes = {row["taxname"]: str(row["taxlabel"]) for row in state.actors["Tax"].values()}
    charged = {label: readable(as_text(line.get(name))) for name, label in taxes.items()}
    columns = {
        "Item": "product_name",
        "Quantity": "quantity",
        "Price": "listprice",
        "Discount, percent": "discount_percent",
        "Discount": "discount_amount",
        "Comment": "comment",
    }
    shown = {title: readable(unescape(as_text(line.get(name)))) for title, name in columns.items()}
    nothing = {title: "" for title in ("Discount, percent", "Discount") if shown[title] == "0"}
    return (
        shown
        | nothing
        | {"Taxes": ", ".join(f"{label} {rate} %" for label, rate in charged.items() if rate not in {"", "0"})}
    )

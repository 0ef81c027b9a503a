"""The pages of the Vtiger stand-in's records, under the addresses of the real one's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from vtxero.sandbox.pages import Page, as_text, listing
from vtxero.sandbox.vtiger import hands
from vtxero.sandbox.vtiger.schema import INVENTORY
from vtxero.sandbox.vtiger.state import VtigerState

PATHS = ("/index.php", "/view/detail")
LISTED = ("Accounts", "Contacts", "Products", "Services", "Invoice")
HEADER = ("subject", "invoicedate", "duedate", "invoicestatus", "description")
"""Of an invoice, only what moves no sum: its lines are edited where Vtiger computes them anew."""


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
            yield f"{name}: {label}", f"/index.php?module={name}&view=Detail&record={record.number}"


def _page(state: VtigerState, module_name: str, number: str) -> Page:
    module = state.modules[module_name]
    wire_id = f"{module.prefix}x{number}"
    record = state.find(wire_id)
    if record is None:
        raise LookupError(wire_id)
    shown = {name: as_text(value) for name, value in hands.shown(state, record).items()}
    own = HEADER if module_name == INVENTORY else module.columns
    editable = {name: shown[name] for name in own if name in shown and module.fields[name].editable}
    label = " ".join(shown.get(name, "") for name in module.label_fields)
    rest = {name: value for name, value in shown.items() if name not in editable}
    return Page(
        f"{label} ({module_name} {wire_id}, stand-in for Vtiger)",
        editable,
        rest,
        lambda changed: hands.edit(state, wire_id, changed),
    )

"""The shop's Vtiger. Records are made by the stand-in's own operations, so that its arithmetic and its ids apply."""

from __future__ import annotations

import json
from typing import Any

from vtxero.sandbox.samples.clock import PastClock, present
from vtxero.sandbox.samples.customers import CUSTOMERS
from vtxero.sandbox.samples.goods import GOODS
from vtxero.sandbox.samples.sales import DEFAULTS, SALES, Sale
from vtxero.sandbox.vtiger import VtigerState
from vtxero.sandbox.vtiger.books import CHARGE, install
from vtxero.sandbox.vtiger.elements import create
from vtxero.sandbox.vtiger.hands import person
from vtxero.sandbox.vtiger.schema import builtin_describes

TAXES = (
    ("GST", "15", "Simple"),
    ("Zero Rated", "0", "Simple"),
    ("Waste Levy", "2", "Simple"),
    ("Withholding", "20", "Deducted"),
)
USD = {
    "currency_name": "USA, Dollars", "currency_code": "USD", "currency_symbol": "$", "conversion_rate": "0.6",
    "currency_status": "Active", "defaultid": "0", "deleted": "0",
}  # fmt: skip
COMPANY = "Tūī & Fern Outfitters Ltd"


def sample_vtiger(*, version: str = "8.2.0") -> VtigerState:
    """Make the shop's Vtiger; its records were made in the past thirty days."""
    clock = PastClock()
    # Invoices are made by 8.2.0's rules: 8.3.0 cannot make any through its web service.
    state = VtigerState(clock=clock, describes=_describes())
    install(state, None)
    state.actors["CompanyDetails"][1]["organizationname"] = COMPANY
    _Filler(state, clock).fill()
    state.version, state.clock = version, present
    return state


def _describes() -> dict[str, Any]:
    """Give the modules of a fresh installation whose administrator has set a GST on charges."""
    describes = builtin_describes()
    label = "Shipping &amp; Handling"
    describes["Invoice"]["fields"] += [
        {
            "name": name, "label": f"{label} {tax}".strip(), "type": {"name": "double"}, "mandatory": False,
            "nullable": True, "editable": True, "default": default,
        }
        for name, tax, default in ((CHARGE, "", "0.00000"), (f"{CHARGE}_shtax1", "GST", "15.000"))
    ]  # fmt: skip
    return describes


class _Filler:
    """Fills a state in order: what others refer to first."""

    def __init__(self, state: VtigerState, clock: PastClock) -> None:
        self._state = state
        self._clock = clock
        self._columns: dict[str, str] = {}
        self._rates: dict[str, str] = {}
        self._customers: dict[str, dict[str, Any]] = {}
        self._goods = {"": ""}

    def fill(self) -> None:
        for label, rate, method in TAXES:
            self._create("Tax", {"taxlabel": label, "percentage": rate, "method": method})
        self._create("Currency", USD)
        self._columns = {row["taxlabel"]: row["taxname"] for row in self._state.actors["Tax"].values()}
        self._rates = {row["taxlabel"]: row["percentage"] for row in self._state.actors["Tax"].values()}
        self._fill_customers()
        self._fill_goods()
        for sale in SALES:
            self._fill_sale(sale)

    def _fill_customers(self) -> None:
        for customer in CUSTOMERS:
            made = self._create("Accounts", customer.fields)
            self._customers[customer.key] = made
            for first, last, email in customer.people:
                person_fields = {"firstname": first, "lastname": last, "email": email, "account_id": made["id"]}
                self._create("Contacts", person_fields)

    def _fill_goods(self) -> None:
        for good in GOODS:
            taxes = {self._columns[label]: self._rates[label] for label in good.taxes}
            self._goods[good.key] = self._create(good.module, {"discontinued": "1", **good.fields, **taxes})["id"]

    def _fill_sale(self, sale: Sale) -> None:
        customer = self._customers[sale.customer]
        fields = {**DEFAULTS, **sale.fields, "subject": sale.subject, "account_id": customer["id"]}
        street = customer["bill_street"]
        fields |= {"bill_street": street, "ship_street": customer["ship_street"] or street}
        fields["currency_id"] = self._currency(fields.pop("currency", "NZD"))
        lines = [self._line(line) for line in sale.lines]
        if sale.in_browser:
            self._clock.step()
            self._state.add_invoice_as_ui(fields, lines)
        else:
            self._create("Invoice", {"productid": "14x0", "conversion_rate": "1", **fields, "LineItems": lines})

    def _line(self, line: dict[str, Any]) -> dict[str, Any]:
        plain = {name: value for name, value in line.items() if name not in {"good", "taxes"}}
        product = {"productid": self._goods[line["good"]]} if line["good"] else {}
        return {**product, **plain, **{self._columns[label]: rate for label, rate in line["taxes"].items()}}

    def _currency(self, code: str) -> str:
        return next(row["id"] for row in self._state.actors["Currency"].values() if row["currency_code"] == code)

    def _create(self, module: str, fields: dict[str, Any]) -> dict[str, Any]:
        self._clock.step()
        user = person(self._state)
        element = json.dumps({"assigned_user_id": f"19x{user.number}", **fields})
        with self._state.lock:
            return create(self._state, user, {"elementType": module, "element": element})

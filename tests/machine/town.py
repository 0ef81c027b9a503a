"""People who work in both services at once, and a ledger of what they wrote: nothing of it may get lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import Any, TypeAlias

from chain.company import line
from machine.nearby import Nearby
from vtxero.sandbox.vtiger.errors import VtigerError
from vtxero.sandbox.xero.errors import XeroError

ORGANIZATIONS = ("Ann Ltd", "Bob Ltd", "Cid Ltd")
PRODUCTS = ("P-1", "P-2")
FIELDS = {
    "organizations": ("phone", "city"),
    "products": ("description", "price"),
    "invoices": ("due", "quantity"),
}
CENT = Decimal("0.01")

Key: TypeAlias = tuple[str, str, str]
"""Module, name of the record, field."""
Row: TypeAlias = dict[str, Any]


class Town:
    """Records are known by names that nobody changes; each value that is written is a new one."""

    def __init__(self, company: Nearby) -> None:
        self.company = company
        self.edits: dict[Key, dict[str, str]] = {}
        self.made: dict[tuple[str, str], dict[str, int]] = {}
        self.numbers = count(1)
        self.orders: list[str] = []
        self.typed_twice: set[str] = set()
        """Invoices whose lines people made equal on both sides: each side rounds its own, and nothing crosses."""
        self.undecided: set[Key] = set()
        """Edits that meet for the first time what the other side holds: the state was lost, the link was taken back, or
        a person made the record beside one that was there. Each difference is a conflict; the value that a policy
        chooses may be nobody's edit.
        """

    # reading

    def rows(self, side: str, module: str, name: str) -> list[Row]:
        """Give the records of a name, oldest first; in Vtiger those in the recycle bin are not there.

        In Xero a contact that was archived comes after the living ones of its name: it is another record than they.
        """
        if side == "vtiger":
            table, field = {
                "organizations": ("Accounts", "accountname"),
                "products": ("Products", "productcode"),
                "invoices": ("Invoice", "subject"),
            }[module]
            live = [r for r in self.company.vtiger.live(table) if r.fields[field] == name]
            return [self.company.row(self.company.vtiger.wire_id(record)) for record in live]
        table, field = {
            "organizations": ("Contacts", "Name"),
            "products": ("Items", "Code"),
            "invoices": ("Invoices", "Reference"),
        }[module]
        found = [row for row in self.company.xero.snapshot()[table].values() if row.get(field) == name]
        return sorted(found, key=_is_archived)

    def ids(self, module: str, name: str) -> set[str]:
        own = {"organizations": "ContactID", "products": "ItemID", "invoices": "InvoiceID"}[module]
        found = {row["id"] for row in self.rows("vtiger", module, name)}
        return found | {row[own] for row in self.rows("xero", module, name)}

    def values(self, side: str, key: Key) -> list[str]:
        """Give what the records of a name hold in a field, as the ledger spells it."""
        module, name, field = key
        read = READ[side, field]
        return [str(read(row)) for row in self.rows(side, module, name)]

    def has_one(self, side: str, module: str, name: str) -> bool:
        """Tell whether one record of a name is in use: what it holds is what counts from now on."""
        return len([row for row in self.rows(side, module, name) if not _is_archived(row)]) == 1

    def is_put_away(self, module: str, name: str) -> bool:
        """Tell whether a record is archived in Xero and Vtiger has none such: it stays where it is."""
        here, there = (self.rows(side, module, name) for side in ("vtiger", "xero"))
        return not here and bool(there) and all(map(_is_archived, there))

    def keys(self) -> Iterator[Key]:
        for module, fields in FIELDS.items():
            for name in sorted({name for kind, name in self.made if kind == module}):
                yield from ((module, name, field) for field in fields)

    # writing

    def note(self, side: str, key: Key, value: str) -> None:
        """A person wrote this, and saw what stood there before."""
        self.edits.setdefault(key, {})[side] = value

    def count(self, side: str, module: str, name: str) -> None:
        """Note how many records of a name people want on a side; where they made none, the program may make one."""
        self.made.setdefault((module, name), {"vtiger": 1, "xero": 1})[side] = len(self.rows(side, module, name))

    def write(self, side: str, key: Key) -> None:
        """A person edits a field of a record, if there is one and it may be edited."""
        module, name, field = key
        rows = self.rows(side, module, name)
        if not rows:
            return
        value = self.new_value(field)
        with suppress(XeroError, VtigerError):
            WRITE[side, field](self.company, rows[0], value)
            self.note(side, key, value)

    def write_both(self, key: Key) -> None:
        """Two people enter the same on both sides."""
        module, name, field = key
        rows = {side: self.rows(side, module, name) for side in ("vtiger", "xero")}
        if not all(rows.values()):
            return
        value = self.new_value(field)
        if field == "quantity":
            self.typed_twice.add(name)
        for side, found in rows.items():
            with suppress(XeroError, VtigerError):
                WRITE[side, field](self.company, found[0], value)
                self.note(side, key, value)

    def new_value(self, field: str) -> str:
        number = next(self.numbers)
        match field:
            case "due":
                return f"2027-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
            case "quantity":
                return str(number + 1)
            case "price":
                return f"{number}.33"
            case _:
                return f"{field} {number}"

    def add_organization(self, side: str, name: str) -> None:
        phone, city = self.new_value("phone"), self.new_value("city")
        with suppress(XeroError, VtigerError):
            if side == "vtiger":
                self.company.organization(name, phone=phone, bill_city=city, accounttype="Customer")
            else:
                phones = [{"PhoneType": "DEFAULT", "PhoneNumber": phone}]
                addresses = [{"AddressType": "POBOX", "City": city}]
                self.company.xero.add_contact(Name=name, Phones=phones, Addresses=addresses)
            self.count(side, "organizations", name)
            if self.has_one(side, "organizations", name):
                self.meet(side, "organizations", name)
                self.note(side, ("organizations", name, "phone"), phone)
                self.note(side, ("organizations", name, "city"), city)

    def add_product(self, side: str, code: str) -> None:
        text, price = self.new_value("description"), self.new_value("price")
        with suppress(XeroError, VtigerError):
            if side == "vtiger":
                self.company.product(f"Thing {code}", code, price, description=text)
            else:
                sales = {"UnitPrice": price, "AccountCode": "200"}
                self.company.xero.add_item(Code=code, Name=f"Thing {code}", Description=text, SalesDetails=sales)
            self.count(side, "products", code)
            if self.has_one(side, "products", code):
                self.meet(side, "products", code)
                self.note(side, ("products", code, "description"), text)
                self.note(side, ("products", code, "price"), price)

    def add_invoice(self, side: str, customer: str, code: str, *, approved: bool) -> None:
        parties = self.rows(side, "organizations", customer)
        goods = self.rows(side, "products", code)
        if not parties or not goods:
            return
        name = f"order {next(self.numbers)}"
        quantity, due = self.new_value("quantity"), self.new_value("due")
        with suppress(XeroError, VtigerError):
            if side == "vtiger":
                status = "Approved" if approved else "Created"
                fields = {"subject": name, "duedate": due, "invoicestatus": status}
                self.company.invoice(parties[0]["id"], *_vtiger_lines(goods[0]["id"], quantity), **fields)
            else:
                lines = _xero_lines(self.company, code, quantity)
                fields = {"Reference": name, "DueDate": due, "Date": "2026-11-02"}
                fields["Status"] = "AUTHORISED" if approved else "DRAFT"
                self.company.xero.add_invoice(parties[0]["ContactID"], lines, **fields)
            self.orders.append(name)
            self.count(side, "invoices", name)
            self.note(side, ("invoices", name, "quantity"), quantity)
            self.note(side, ("invoices", name, "due"), due)

    def meet(self, side: str, module: str, name: str) -> None:
        """A person made a record; the other side may have one of that name."""
        if self.rows("xero" if side == "vtiger" else "vtiger", module, name):
            self.undecided.update((module, name, field) for field in FIELDS[module])

    def part(self, ids: set[str]) -> None:
        """Records were taken back: what is left of them, and their counterparts, meet as strangers from now on."""
        self.undecided.update(key for key in self.keys() if ids & self.ids(key[0], key[1]))

    def forget(self, side: str, module: str, name: str) -> None:
        """A person threw a record away on a side, with what was written there."""
        for field in FIELDS[module]:
            self.edits.get((module, name, field), {}).pop(side, None)

    def delete_in_vtiger(self, module: str, name: str) -> None:
        for row in self.rows("vtiger", module, name)[:1]:
            self.company.vtiger.delete(row["id"])
            self.count("vtiger", module, name)
            self.forget("vtiger", module, name)
            if self.rows("vtiger", module, name):  # a namesake that was left alone crosses in its place
                self.meet("vtiger", module, name)

    def in_xero(self, module: str, name: str, do: Callable[[Row], Any]) -> None:
        """A person does something to a record in Xero, if Xero lets them."""
        for row in self.rows("xero", module, name)[:1]:
            with suppress(XeroError):
                do(row)

    # judging

    def settle_equal(self) -> None:
        """Where both sides say the same, whatever was edited before is agreed on."""
        for key in list(self.edits):
            here, there = (self.values(side, key)[:1] for side in ("vtiger", "xero"))
            if here and here == there:
                del self.edits[key]
                self.undecided.discard(key)

    def lost(self) -> list[tuple[Key, set[str]]]:
        """Name what a person wrote and neither side holds any more."""
        found = []
        for key, edits in self.edits.items():
            kept = {value for side in ("vtiger", "xero") for value in self.values(side, key)}
            if missing := set(edits.values()) - kept:
                found.append((key, missing))
        return found


def _is_archived(row: Row) -> bool:
    return bool(row.get("ContactStatus") == "ARCHIVED")


def _vtiger_lines(product: str, quantity: str) -> list[dict[str, str]]:
    return [line(product, quantity, "1.115"), line(product, "3", "0.335")]


def _xero_lines(company: Nearby, code: str, quantity: str) -> list[Row]:
    rate = next(r["TaxType"] for r in company.xero.tax_rates.values() if r["Name"] == "VAT")
    common = {"ItemCode": code, "AccountCode": "200", "TaxType": rate}
    first = {"Description": "some", "Quantity": quantity, "UnitAmount": "1.115", **common}
    return [first, {"Description": "more", "Quantity": 3, "UnitAmount": "0.335", **common}]


def _rewrite(company: Nearby, row: Row, quantity: str) -> None:
    lines = [
        {name: str(old.get(name) or "") for name in ("productid", "quantity", "listprice", "comment", "tax1")}
        for old in row["LineItems"]
    ]
    company.rewrite(row["id"], {**lines[0], "quantity": quantity}, *lines[1:])


def _reorder(company: Nearby, row: Row, quantity: str) -> None:
    kept = ("LineItemID", "ItemCode", "AccountCode", "TaxType", "Description", "Quantity", "UnitAmount")
    lines = [{name: old[name] for name in kept if name in old} for old in row["LineItems"]]
    company.xero.edit_invoice(row["InvoiceID"], LineItems=[{**lines[0], "Quantity": quantity}, *lines[1:]])


def _whole(amount: Any) -> str:
    return f"{Decimal(str(amount)).normalize():f}"


READ: dict[tuple[str, str], Callable[[Row], Any]] = {
    ("vtiger", "phone"): lambda row: row["phone"],
    ("xero", "phone"): lambda row: row["Phones"].get("DEFAULT", {}).get("PhoneNumber", ""),
    ("vtiger", "city"): lambda row: row["bill_city"],
    ("xero", "city"): lambda row: row["Addresses"].get("POBOX", {}).get("City", ""),
    ("vtiger", "description"): lambda row: row["description"],
    ("xero", "description"): lambda row: row.get("Description", ""),
    ("vtiger", "price"): lambda row: _whole(row["unit_price"]),
    ("xero", "price"): lambda row: _whole(row["SalesDetails"].get("UnitPrice", 0)),
    ("vtiger", "due"): lambda row: row["duedate"],
    ("xero", "due"): lambda row: row["DueDate"],
    # Where PHP died half way, an invoice has no lines yet.
    ("vtiger", "quantity"): lambda row: _whole(row["LineItems"][0]["quantity"]) if row["LineItems"] else "",
    ("xero", "quantity"): lambda row: _whole(row["LineItems"][0]["Quantity"]),
}
WRITE: dict[tuple[str, str], Callable[[Nearby, Row, str], Any]] = {
    ("vtiger", "phone"): lambda c, row, value: c.vtiger.edit(row["id"], phone=value),
    ("xero", "phone"): lambda c, row, value: c.xero.edit_contact(
        row["ContactID"], Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": value}]
    ),
    ("vtiger", "city"): lambda c, row, value: c.vtiger.edit(row["id"], bill_city=value),
    ("xero", "city"): lambda c, row, value: c.xero.edit_contact(
        row["ContactID"], Addresses=[{"AddressType": "POBOX", "City": value}]
    ),
    ("vtiger", "description"): lambda c, row, value: c.vtiger.edit(row["id"], description=value),
    ("xero", "description"): lambda c, row, value: c.xero.edit_item(row["ItemID"], Description=value),
    ("vtiger", "price"): lambda c, row, value: c.vtiger.edit(row["id"], unit_price=value),
    ("xero", "price"): lambda c, row, value: c.xero.edit_item(row["ItemID"], SalesDetails={"UnitPrice": value}),
    ("vtiger", "due"): lambda c, row, value: c.vtiger.edit(row["id"], duedate=value),
    ("xero", "due"): lambda c, row, value: c.xero.edit_invoice(row["InvoiceID"], DueDate=value),
    ("vtiger", "quantity"): _rewrite,
    ("xero", "quantity"): _reorder,
}


def to_the_cent(amount: Any) -> Decimal:
    """Round as Vtiger shows it."""
    return Decimal(str(amount)).quantize(CENT, ROUND_HALF_UP)

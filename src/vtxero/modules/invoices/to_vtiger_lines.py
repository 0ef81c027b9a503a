"""Xero's lines as Vtiger would hold them: what already means the same is kept, the rest is written anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vtxero.domain.codes import Code
from vtxero.domain.lookups import PartnerState, ProductView, is_symbol, read_symbol
from vtxero.domain.money import ONE, ZERO, canon, cents, places
from vtxero.domain.reference import VtigerTax
from vtxero.domain.sides import Side
from vtxero.domain.text import beyond_bmp, match_key, unescape, without_beyond_bmp
from vtxero.domain.words import quoted
from vtxero.modules.invoices import xero_math
from vtxero.modules.invoices.pairing import pair_lines
from vtxero.modules.invoices.record import GROUP, INDIVIDUAL, Charge, Invoice, InvoiceLine, LineTax
from vtxero.modules.invoices.remarks import Remarks
from vtxero.modules.invoices.to_xero_lines import NO_DESCRIPTION, clean_text, to_xero_lines
from vtxero.modules.invoices.tools import Tools
from vtxero.rules.accounts import PASTE, picklist_text, spelled_account
from vtxero.rules.taxes import RUN_AGAIN_WITH_TAX, waits_for_tax

QUANTITY_PLACES = 3
"""Vtiger keeps three decimals of a quantity."""
NO_PRODUCT = (
    "Mend the item, and later invoices name its product. This one crosses with the other product and stays so: if "
    "its own should be on it, choose it on the line in Vtiger."
)


@dataclass(frozen=True, slots=True)
class VtigerLines:
    """The lines as Vtiger would hold them. `same` says that they are the present ones, untouched."""

    lines: tuple[InvoiceLine, ...]
    shipping: Charge | None
    tax_mode: str
    needs: tuple[str, ...]
    same: bool


def to_vtiger_lines(tools: Tools, record: Invoice, current: Invoice | None, remarks: Remarks) -> VtigerLines:
    """Write a Xero record's lines in Vtiger's dialect."""
    return _Writer(tools, record, current, remarks).write()


@dataclass(frozen=True, slots=True)
class _Known:
    """What Vtiger has at this place already: its line, and the same as Xero would hold it."""

    place: str
    kept: InvoiceLine | None
    seen: InvoiceLine | None

    def says(self, line: InvoiceLine, *names: str) -> bool:
        """Tell whether Vtiger's line already says what Xero's does in these fields."""
        return self.seen is not None and all(getattr(self.seen, name) == getattr(line, name) for name in names)


class _Writer:
    """Writes one invoice's lines."""

    def __init__(self, tools: Tools, record: Invoice, current: Invoice | None, remarks: Remarks) -> None:
        self._tools = tools
        self._record = record
        self._current = current
        self._remarks = remarks
        self._kept: dict[int, tuple[InvoiceLine, InvoiceLine]] = {}
        self._placeholder_id = tools.lookups.find_by_key("products", Side.VTIGER, "name", tools.placeholder_key)

    def write(self) -> VtigerLines:
        self._shipping_known = self._recognise()
        lines = [self._line(index, line) for index, line in enumerate(self._record.lines)]
        if not lines:
            lines = self._filler()
        mode = INDIVIDUAL
        if self._current and self._current.tax_mode == GROUP and len({line.taxes for line in lines}) == 1:
            mode = GROUP
        if mode == INDIVIDUAL:
            lines = [self._attached(index, line) for index, line in enumerate(lines)]
        result = tuple(lines)
        same = self._current is not None and result == self._current.lines and mode == self._current.tax_mode
        needs = tuple(dict.fromkeys(line.product for line in result if is_symbol(line.product)))
        return VtigerLines(result, self._shipping(), mode, needs, same)

    def _recognise(self) -> Charge | None:
        """Pair Xero's lines with Vtiger's present ones as Xero would hold them. Returns the present charges so seen."""
        if self._current is None:
            return None
        seen = to_xero_lines(self._tools, self._current, self._record, Remarks())
        pairs = pair_lines(seen.lines, self._record.lines)
        for index, other in pairs.items():
            self._kept[other] = (self._current.lines[seen.sources[index]], seen.lines[index])
        return seen.shipping

    def _filler(self) -> list[InvoiceLine]:
        """An invoice of nothing but charges: Vtiger needs a line, the placeholder at 0."""
        if self._current and len(self._current.lines) == 1 and not self._kept:
            line = self._current.lines[0]
            view = self._tools.product(Side.VTIGER, line.product)
            if not line.unit_price and not line.description and self._tools.is_placeholder(line.product, view):
                return [line]
        return [InvoiceLine(product=self._placeholder())]

    # one line

    def _line(self, index: int, line: InvoiceLine) -> InvoiceLine:
        known = _Known(f"line {index + 1}", *self._kept.get(index, (None, None)))
        if known.kept and known.seen == line:
            return known.kept
        product, view = self._product(line, known)
        return replace(
            _figures(line, known),
            product=product,
            description=self._comment(line, known, product, view),
            taxes=self._taxes(line, known),
            account=self._account(line, known),
        )

    def _product(self, line: InvoiceLine, known: _Known) -> tuple[str, ProductView | None]:
        kept = known.kept.product if known.kept else ""
        if kept and known.says(line, "product"):
            return kept, self._tools.product(Side.VTIGER, kept)
        if not line.product:
            return self._placeholder(), None
        if found := self._find_product(match_key(line.product)):
            return found
        if kept and known.says(line, "description"):
            # No item has this code any more: it is the one that the line's own product had before.
            return kept, self._tools.product(Side.VTIGER, kept)
        self._remarks.note(
            Code.DEPENDENCY,
            known.place,
            f"the item {quoted(line.product)} has no product in Vtiger; the line gets the product "
            f"{quoted(self._tools.options.placeholder_product)}.",
            NO_PRODUCT,
        )
        return self._placeholder(), None

    def _find_product(self, code: str) -> tuple[str, ProductView | None] | None:
        """Find the product whose item has this code, else the one that has it itself."""
        tools = self._tools
        item_id = tools.lookups.find_by_key("products", Side.XERO, "code", code)
        if item_id:
            partner = tools.lookups.partner("products", Side.XERO, item_id)
            if partner.state is PartnerState.LINKED:
                return partner.id, tools.product(Side.VTIGER, partner.id)
            if partner.state is PartnerState.PLANNED:
                return partner.id, tools.product(Side.XERO, item_id)
        found = tools.lookups.find_by_key("products", Side.VTIGER, "code", code)
        return (found, tools.product(Side.VTIGER, found)) if found else None

    def _placeholder(self) -> str:
        return self._placeholder_id or self._tools.placeholder_symbol

    def _comment(self, line: InvoiceLine, known: _Known, product: str, view: ProductView | None) -> str:
        """Give the comment; a description that is the product's name needs none."""
        told = _told_quantity(line, known)
        kept = known.kept
        if kept and known.says(line, "description") and not told and (kept.description or kept.product == product):
            return kept.description
        text = self._storable(line.description, known.place)
        is_name = view is not None and not told and text == clean_text(unescape(view.name))
        return f"{'' if is_name or text == NO_DESCRIPTION else text}{told}".strip()

    def _storable(self, text: str, place: str) -> str:
        if not beyond_bmp(text):
            return text
        self._remarks.note(Code.TEXT_UNSUPPORTED, place, "characters that Vtiger cannot store (emoji) are left out.")
        return without_beyond_bmp(text).strip()

    def _taxes(self, line: InvoiceLine, known: _Known) -> tuple[LineTax, ...]:
        if known.kept and known.says(line, "tax_type"):
            return known.kept.taxes
        return self._map_tax(line.tax_type, known.place)

    def _map_tax(self, tax_type: str, place: str) -> tuple[LineTax, ...]:
        """Find Vtiger's tax; one at 0 % that Vtiger does not have costs nothing and crosses as no tax."""
        none = self._tools.matcher.none
        if not tax_type or (none and tax_type == none.tax_type):
            return ()
        if waits := waits_for_tax(self._tools.lookups, tax_type):
            self._remarks.stop(Code.DEPENDENCY, place, waits, RUN_AGAIN_WITH_TAX)
            return ()
        tax = self._tools.matcher.to_vtiger(tax_type)
        if tax:
            return ((tax.field, tax.rate),)
        rate = self._tools.reference.xero.tax_rate(tax_type)
        if rate and not rate.effective_rate:
            return ()
        name = f"{rate.name} at {canon(rate.effective_rate)} %" if rate else tax_type
        self._remarks.stop(Code.INV_TAX_UNKNOWN, place, f"Vtiger has no tax {name}.")
        return ()

    def _account(self, line: InvoiceLine, known: _Known) -> str:
        field, xero = self._tools.line_account_field, self._tools.reference.xero
        if not field:
            return ""
        if known.kept and known.says(line, "account"):
            return known.kept.account
        account = xero.account(line.account)
        if account is None:
            return line.account
        place = self._tools.reference.vtiger.modules["LineItem"].field(field)
        shown = spelled_account(account, place.choices if place else (), xero)
        if text := picklist_text(place, shown):
            self._remarks.note(Code.INV_ACCOUNT, known.place, text, PASTE)
        return shown

    # taxes count only where they are attached to the product

    def _attached(self, index: int, line: InvoiceLine) -> InvoiceLine:
        kept = self._kept.get(index)
        was_individual = self._current is not None and self._current.tax_mode == INDIVIDUAL
        if kept and kept[0] == line and was_individual:
            return line
        if not any(rate for _, rate in line.taxes) or self._is_attached(line.product, line.taxes):
            return self._tell_zero_apart(line)
        placeholder = self._placeholder()
        names = " and ".join(f"{self._tools.tax_labels.get(name, name)} {canon(rate)} %" for name, rate in line.taxes)
        place = f"line {index + 1}"
        if line.product == placeholder or not self._is_attached(placeholder, line.taxes):
            self._remarks.stop(
                Code.INV_TAX_UNKNOWN,
                place,
                f"the tax {names} counts in Vtiger only where the product has it; {self._name(placeholder)} has not.",
                f"Attach the tax {names} to the product {self._name(placeholder)} in Vtiger.",
            )
            return line
        self._remarks.note(
            Code.INV_TAX_UNKNOWN,
            place,
            f"the product {self._name(line.product)} does not have the tax {names}; the line gets the product "
            f"{quoted(self._tools.options.placeholder_product)} instead.",
            f"Attach the tax {names} to the product {self._name(line.product)} in Vtiger.",
        )
        comment = line.description or self._storable(self._record.lines[index].description, place)
        return self._tell_zero_apart(replace(line, product=placeholder, description=comment))

    def _tell_zero_apart(self, line: InvoiceLine) -> InvoiceLine:
        """Give a line without any tax amount the taxes that Vtiger will show: those of 0 % that its product has."""
        if any(rate for _, rate in line.taxes):
            return line
        if is_symbol(line.product):
            given = self._tax_of_new(line.product)
            return replace(line, taxes=((given.field, ZERO),) if given and not given.rate else ())
        return replace(line, taxes=self._tools.zero_tax(line.product, self._tools.product(Side.VTIGER, line.product)))

    def _is_attached(self, product: str, taxes: Iterable[LineTax]) -> bool:
        if product == self._tools.placeholder_symbol:
            return True
        if is_symbol(product):
            given = self._tax_of_new(product)
            return all(given is not None and name == given.field for name, _ in taxes)
        view = self._tools.product(Side.VTIGER, product)
        return view is not None and all(name in view.tax_fields for name, _ in taxes)

    def _tax_of_new(self, product: str) -> VtigerTax | None:
        """Give the tax that a product of this plan will have: its item's."""
        _, item_id = read_symbol(product)
        item = self._tools.product(Side.XERO, item_id)
        return self._tools.matcher.to_vtiger(item.tax) if item else None

    def _name(self, product: str) -> str:
        view = self._tools.product(Side.VTIGER, product)
        return repr(unescape(view.name)) if view else repr(read_symbol(product)[1])

    # charges

    def _shipping(self) -> Charge | None:
        charge, present = self._record.shipping, self._current.shipping if self._current else None
        if charge is None:
            return present if present and not cents(present.amount) else None
        if present and self._shipping_known:
            seen = self._shipping_known
            if (seen.amount, seen.tax_type) == (charge.amount, charge.tax_type):
                return present
            if seen.tax_type == charge.tax_type:
                return Charge(charge.amount, taxes=present.taxes)
        return Charge(charge.amount, taxes=self._shipping_taxes(charge.tax_type))

    def _shipping_taxes(self, tax_type: str) -> tuple[LineTax, ...]:
        rate = self._tools.reference.xero.tax_rate(tax_type)
        if rate is None or not rate.effective_rate:
            return ()
        if self._tools.reference.vtiger.charge_tax_sum:
            return ((self._tools.reference.vtiger.charge_tax_sum, rate.effective_rate),)
        labels = {match_key(rate.name)}
        tax = self._tools.matcher.to_vtiger(tax_type)
        if tax:
            labels.add(match_key(unescape(tax.label)))
        for name, label in self._tools.reference.vtiger.charge_taxes.items():
            if name.startswith(f"{self._tools.charge_field}_") and _tax_label(label) in labels:
                return ((name, rate.effective_rate),)
        text = f"Vtiger has no tax on charges that is named {rate.name}."
        self._remarks.stop(Code.INV_TAX_UNKNOWN, "charges", text)
        return ()


def _tax_label(label: str) -> str:
    return match_key(unescape(label))


_FIGURES = ("quantity", "unit_price", "discount_percent", "discount_amount")


def _figures(line: InvoiceLine, known: _Known) -> InvoiceLine:
    """Take quantity, price and discount; a quantity of too many decimals becomes 1 x the line's amount."""
    if known.kept and known.says(line, *_FIGURES):
        return InvoiceLine(**{name: getattr(known.kept, name) for name in _FIGURES})
    if not line.quantity and not line.unit_price:
        return InvoiceLine(quantity=ONE, unit_price=ZERO)
    if places(line.quantity) > QUANTITY_PLACES:
        return InvoiceLine(quantity=ONE, unit_price=canon(xero_math.line_amount(line)))
    return InvoiceLine(**{name: getattr(line, name) for name in _FIGURES})


def _told_quantity(line: InvoiceLine, known: _Known) -> str:
    """Name in the text a quantity that Vtiger cannot hold."""
    if places(line.quantity) <= QUANTITY_PLACES or known.says(line, *_FIGURES):
        return ""
    return f" ({canon(line.quantity)} x {canon(line.unit_price)})"

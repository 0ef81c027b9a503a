"""Vtiger's lines, charges and adjustment as Xero would hold them, with everything there is to say about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from vtxero.domain.codes import Code
from vtxero.domain.lookups import PartnerState, ProductView, read_symbol
from vtxero.domain.money import ONE, ZERO, canon, cents
from vtxero.domain.reference import XeroTaxRate
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key, shorten, unescape
from vtxero.domain.words import quoted
from vtxero.modules.invoices import xero_math
from vtxero.modules.invoices.figures import fit_figures, told_quantity
from vtxero.modules.invoices.pairing import pair_lines
from vtxero.modules.invoices.record import GROUP, Charge, Invoice, InvoiceLine, LineTax
from vtxero.modules.invoices.remarks import Remarks
from vtxero.modules.invoices.tools import CHARGE_TAX, DESCRIPTION_MAX, Tools
from vtxero.modules.invoices.vtiger_math import net
from vtxero.rules.accounts import account_problem, tax_fits_account

NO_DESCRIPTION = "No description"
WHOLE = "the whole invoice"
NO_ITEM = (
    "{mend}, and later invoices name its item. This one crosses without it and stays so: if the item should be on it, "
    "choose it on the line in Xero."
)


@dataclass(frozen=True, slots=True)
class XeroLines:
    """The lines as Xero would hold them. `sources` says which line of Vtiger each one comes from."""

    lines: tuple[InvoiceLine, ...]
    sources: tuple[int, ...]
    shipping: Charge | None
    adjustment: Charge | None
    needs: tuple[str, ...]


def to_xero_lines(tools: Tools, record: Invoice, current: Invoice | None, remarks: Remarks) -> XeroLines:
    """Write a Vtiger record's lines in Xero's dialect; ids, accounts, tracking of `current` stay with their lines."""
    return _Writer(tools, record, current, remarks).write()


class _Writer:
    """Writes one invoice's lines."""

    def __init__(self, tools: Tools, record: Invoice, current: Invoice | None, remarks: Remarks) -> None:
        self._tools = tools
        self._record = record
        self._current = current
        self._remarks = remarks
        self._needs: list[str] = []
        self._views: dict[str, ProductView | None] = {}
        self._group_type: str | None = None

    def write(self) -> XeroLines:
        sources, bare = [], []
        for index, line in enumerate(self._record.lines):
            if not self._is_filler(line):
                sources.append(index)
                bare.append(self._bare(line, f"line {index + 1}"))
        others = self._current.lines if self._current else ()
        pairs = pair_lines(bare, others)
        lines = tuple(
            self._dress(
                line,
                self._record.lines[source],
                others[pairs[index]] if index in pairs else None,
                f"line {source + 1}",
            )
            for index, (line, source) in enumerate(zip(bare, sources, strict=True))
        )
        return XeroLines(lines, tuple(sources), self._shipping(), self._adjustment(), tuple(dict.fromkeys(self._needs)))

    def _is_filler(self, line: InvoiceLine) -> bool:
        """Tell the empty placeholder line that an invoice of nothing but charges has in Vtiger."""
        if net(line) or line.description or not line.product:
            return False
        return self._tools.is_placeholder(line.product, self._view(line.product))

    def _view(self, product_id: str) -> ProductView | None:
        if product_id not in self._views:
            self._views[product_id] = self._tools.product(Side.VTIGER, product_id)
        return self._views[product_id]

    # what the line says by itself

    def _bare(self, line: InvoiceLine, place: str) -> InvoiceLine:
        view = self._view(line.product) if line.product else None
        code = self._item_code(line, view, place)
        tax_type = self._tax_type(line, place)
        name = unescape(view.name) if view and not self._tools.is_placeholder(line.product, view) else ""
        text = clean_text(line.description) or clean_text(name)
        figures = fit_figures(line, place, self._remarks)
        told = told_quantity(line, figures)
        if len(text) + len(told) > DESCRIPTION_MAX:
            self._remarks.note(
                Code.TEXT_UNSUPPORTED, place, f"the description is cut to Xero's {DESCRIPTION_MAX} characters."
            )
        text = shorten(text, DESCRIPTION_MAX - len(told)) + told
        return replace(figures, product=code, description=text, tax_type=tax_type)

    def _item_code(self, line: InvoiceLine, view: ProductView | None, place: str) -> str:
        tools = self._tools
        if not line.product:
            self._remarks.note(
                Code.INV_PRODUCT, place, "its product was deleted or never chosen; it crosses without an item code."
            )
            return ""
        if tools.is_placeholder(line.product, view):
            return ""
        partner = tools.lookups.partner("products", Side.VTIGER, line.product)
        named = repr(unescape(view.name)) if view else line.product
        match partner.state:
            case PartnerState.LINKED:
                item = tools.product(Side.XERO, partner.id)
                code = item.code if item else (view.code if view else "")
                if view and item and view.code != code:
                    code = tools.renamed(line.product) or code
            case PartnerState.PLANNED:
                # That of the product which crosses: another may stand for it.
                planned = self._view(read_symbol(partner.id)[1])
                code = planned.code if planned else ""
                if code:
                    self._needs.append(partner.id)
            case PartnerState.BLOCKED | PartnerState.UNKNOWN:
                if view is None or view.code:
                    what = "is not in Xero" if partner.state is PartnerState.BLOCKED else "could not be read"
                    self._remarks.note(
                        Code.DEPENDENCY,
                        place,
                        f"the product {named} {what}; the line crosses without an item code.",
                        NO_ITEM.format(mend="Mend the product"),
                    )
                    return ""
                code = ""
        if not code:
            self._remarks.note(
                Code.PRD_CODE,
                place,
                f"the product {named} has no code; the line crosses without an item code.",
                NO_ITEM.format(mend="Fill in its Part Number in Vtiger"),
            )
        return code

    # taxes

    def _tax_type(self, line: InvoiceLine, place: str) -> str:
        if self._record.tax_mode == GROUP:
            if self._group_type is None:
                self._group_type = self._group_tax(line.taxes)
            return self._group_type
        if len(line.taxes) > 1:
            self._remarks.stop(
                Code.INV_TAX_SEVERAL, place, f"it has {self._tax_names(line.taxes)}, and Xero takes one."
            )
            return ""
        return self._one_tax(line.taxes, place)

    def _group_tax(self, taxes: tuple[LineTax, ...]) -> str:
        return self._one_tax(taxes, WHOLE) if len(taxes) < 2 else self._combined_tax(taxes, WHOLE)

    def _combined_tax(self, taxes: tuple[LineTax, ...], place: str) -> str:
        rate = self._tools.matcher.combined(self._tools.chosen(taxes))
        if rate is None:
            text = f"Xero has no combined tax of exactly {self._tax_names(taxes)}."
            self._remarks.stop(Code.INV_TAX_COMBINED, place, text)
            return ""
        return rate.tax_type

    def _one_tax(self, taxes: tuple[LineTax, ...], place: str) -> str:
        matcher = self._tools.matcher
        if not taxes:
            if matcher.none is None:
                self._remarks.stop(
                    Code.INV_TAX_UNKNOWN,
                    place,
                    "it has no tax, and the tax for that (taxes.none) is not an active rate in Xero.",
                    "Set taxes.none in the config to the TaxType of Xero's tax-free rate.",
                )
                return ""
            return matcher.none.tax_type
        name, percent = taxes[0]
        rate = matcher.to_xero(self._tools.tax_labels.get(name, name), percent)
        if rate is None:
            self._remarks.stop(Code.INV_TAX_UNKNOWN, place, f"Xero has no active tax {self._tax_names(taxes)}.")
            return ""
        return rate.tax_type

    def _tax_names(self, taxes: Iterable[LineTax]) -> str:
        return " and ".join(f"{self._tools.tax_labels.get(name, name)} {canon(rate)} %" for name, rate in taxes)

    def _kept_type(self, tax_type: str, taxes: tuple[LineTax, ...], present: str) -> str:
        """Keep the present TaxType where it means the same in Vtiger: twins and tax-free kinds are not told apart."""
        if not present or present == tax_type or present not in self._tools.rates:
            return tax_type
        if not any(rate for _, rate in taxes):
            return tax_type if self._tools.rates[present] else present
        if len(taxes) == 1:
            twin = self._tools.matcher.to_vtiger(present)
            if twin and twin.field == taxes[0][0] and self._tools.rates[present] == taxes[0][1]:
                return present
        return tax_type

    # accounts, and what the present line has

    def _dress(self, bare: InvoiceLine, source: InvoiceLine, present: InvoiceLine | None, place: str) -> InvoiceLine:
        text = bare.description or (present.description if present else clean_text(source.name)) or NO_DESCRIPTION
        line = replace(bare, description=text)
        if present:
            line = replace(line, line_id=present.line_id, tracking=present.tracking)
            if line.tax_type:
                kept = self._kept_type(line.tax_type, source.taxes, present.tax_type)
                line = replace(line, tax_type=kept)
        if _is_text_only(line, source) and (present is None or _is_nothing_but_text(present)):
            return replace(line, quantity=ZERO, tax_type="", account="")
        return replace(line, account=self._account(line, source, present, place))

    def _account(self, line: InvoiceLine, source: InvoiceLine, present: InvoiceLine | None, place: str) -> str:
        view = self._view(source.product) if source.product else None
        if source.account:
            text = source.account
        elif present and present.account and not self._sells_another(line, source, present):
            text = present.account
        else:
            text = (view.sales_account if view else "") or self._tools.options.sales_account
        return self._check_account(text, line.tax_type, place)

    def _sells_another(self, line: InvoiceLine, source: InvoiceLine, present: InvoiceLine) -> bool:
        """Tell whether the present line sells another item: then its account is that item's, and none for this one.

        A code that no item has any more is the one that this line's own item had before.
        """
        if not line.product or not present.product or match_key(line.product) == match_key(present.product):
            return False
        lookups = self._tools.lookups
        sold = lookups.find_by_key("products", Side.XERO, "code", match_key(present.product))
        return sold is not None and sold != lookups.partner("products", Side.VTIGER, source.product).id

    def _check_account(self, text: str, tax_type: str, place: str) -> str:
        xero = self._tools.reference.xero
        account = xero.find_account(text)
        problem = account_problem(account, text)
        if problem or account is None:
            self._remarks.stop(Code.INV_ACCOUNT, place, problem or "no account is named.")
            return text
        rate: XeroTaxRate | None = xero.tax_rate(tax_type) if tax_type else None
        if rate and not tax_fits_account(rate, account):
            self._remarks.stop(
                Code.INV_TAX_ACCOUNT,
                place,
                f"the tax {quoted(rate.name)} ({rate.tax_type}) cannot be used with the account "
                f"{account.code} - {account.name}.",
            )
        return account.code

    # what are no lines in Vtiger

    def _shipping(self) -> Charge | None:
        charge, present = self._record.shipping, self._current.shipping if self._current else None
        if charge is None or not cents(charge.amount):
            return None  # of less than half a cent a line of nothing would be left, which is no charge in Xero
        options = self._tools.options
        tax_type = self._charge_tax(charge.taxes)
        if present and tax_type:
            tax_type = self._kept_type(tax_type, charge.taxes, present.tax_type)
        text = (present.account if present else "") or options.shipping_account or options.sales_account
        account = self._check_account(text, tax_type, "charges")
        return _as_charge(cents(charge.amount), tax_type, account, present)

    def _charge_tax(self, taxes: tuple[LineTax, ...]) -> str:
        if len(taxes) > 1:
            return self._combined_tax(taxes, "charges")
        if not taxes or taxes[0][0] != self._tools.reference.vtiger.charge_tax_sum:
            return self._one_tax(taxes, "charges")
        rate = self._tools.matcher.to_xero(CHARGE_TAX, taxes[0][1])
        if rate is None:
            text = f"this Vtiger shows their tax as a sum, of {taxes[0][1]} %, and does not name it."
            remedy = f"Name Xero's TaxType of that rate in the config under taxes.map: {{{CHARGE_TAX}: ...}}."
            self._remarks.stop(Code.INV_TAX_UNKNOWN, "charges", text, remedy)
            return ""
        return rate.tax_type

    def _adjustment(self) -> Charge | None:
        charge, present = self._record.adjustment, self._current.adjustment if self._current else None
        amount = cents(charge.amount) if charge else ZERO
        if self._current and abs(amount - (present.amount if present else ZERO)) <= self._bound():
            # Vtiger's adjustment may hold what our own rounding left there; settling the total makes up for it here.
            return present
        if not amount:
            return None
        text = (present.account if present else "") or self._tools.options.adjustment_account
        none = self._one_tax((), "adjustment")
        tax_type = self._kept_type(none, (), present.tax_type) if present else none
        if not text:
            self._remarks.stop(
                Code.INV_ADJUSTMENT, "adjustment", f"{canon(amount)}, and the config names no account for adjustments."
            )
            return _as_charge(amount, tax_type, "", present)
        return _as_charge(amount, tax_type, self._check_account(text, tax_type, "adjustment"), present)

    def _bound(self) -> Decimal:
        return xero_math.rounding_bound(len(self._record.lines) + 2)


def clean_text(text: str) -> str:
    """Spell a text as Xero would answer it: no outer blanks, plain line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _is_text_only(line: InvoiceLine, source: InvoiceLine) -> bool:
    """Tell a line that is nothing but text: no item, no amount, no tax."""
    return not line.product and not line.unit_price and not source.taxes and line.quantity in {ZERO, ONE}


def _is_nothing_but_text(present: InvoiceLine) -> bool:
    """Tell whether Xero has such a line without account and tax; one that has them keeps them."""
    return _is_text_only(present, present) and not (present.tax_type or present.account)


def _as_charge(amount: Decimal, tax_type: str, account: str, present: Charge | None) -> Charge:
    charge = Charge(canon(amount), tax_type=tax_type, account=account)
    return replace(charge, line_id=present.line_id, tracking=present.tracking) if present else charge

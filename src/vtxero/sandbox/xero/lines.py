"""A document's lines: what Xero checks in one, and the arithmetic by which it fills in what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.errors import Findings
from vtxero.sandbox.xero.saving import check_account, check_tax_type
from vtxero.sandbox.xero.tracking import line_tracking
from vtxero.sandbox.xero.wire import Record, cents, given, number_in, places, text_in

ONE = Decimal(1)
HUNDRED = Decimal(100)
NOTHING = Decimal("0.00")
MAX_AMOUNT = Decimal("9999999999.99")
NO_UNIT_AMOUNT = "The UnitAmount should be used when specifying a discount for a line item."


@dataclass(slots=True)
class Paper:
    """What a line must know of its document."""

    books: Books
    kind: str
    amount_types: str
    approved: bool
    places: int
    findings: Findings
    line_ids: set[str] = field(default_factory=set)
    keep_ids: bool = False
    kept: bool = False
    """The lines are the document's own, sent by nobody: one whose item was deleted since is no fault."""

    @property
    def is_sale(self) -> bool:
        """Whether it goes to a customer: a sales invoice or its credit note."""
        return self.kind.startswith("ACCREC")


def build_line(paper: Paper, source: Record) -> Record:
    """Turn a sent line into a kept one, noting whatever Xero would refuse."""
    item = _item(paper, source)
    line: Record = {"LineItemID": _line_id(paper, source)}
    description = text_in(source, "Description") or (_item_text(paper, item) if item else None)
    if description:
        line["Description"] = description
    elif paper.approved:
        paper.findings.add("The description field is mandatory for each line item.")
    paper.findings.too_long(line, {"Description": 4000})
    if _is_text_only(source, item):
        return {**line, "LineAmount": NOTHING, "TaxAmount": NOTHING}
    if item:
        line["ItemCode"] = item["Code"]
    _fill_amounts(paper, source, item, line)
    _fill_account(paper, source, item, line)
    _fill_tax(paper, source, line)
    tracking = line_tracking(paper.books, source.get("Tracking") or [], paper.findings)
    return {**line, "Tracking": tracking} if tracking else line


def _line_id(paper: Paper, source: Record) -> str:
    """Keep the id of a line that the document has; every other line is a new one."""
    sent = text_in(source, "LineItemID")
    if sent and (paper.keep_ids or sent.lower() in paper.line_ids):
        return sent.lower()
    return paper.books.new_id()


def _item(paper: Paper, source: Record) -> Record | None:
    code = text_in(source, "ItemCode")
    if not code:
        return None
    item = paper.books.item_coded(code)
    if item is None and not paper.kept:
        paper.findings.add(f"Item code '{code}' is not valid")
    return item


def _side(paper: Paper, item: Record) -> Record:
    side: Record = item["SalesDetails"] if paper.is_sale else item["PurchaseDetails"]
    return side


def _item_text(paper: Paper, item: Record) -> str | None:
    text: str | None = item.get("Description" if paper.is_sale else "PurchaseDescription")
    return text


def _is_text_only(source: Record, item: Record | None) -> bool:
    """A line with nothing but a description carries no account and no money."""
    names = ("Quantity", "UnitAmount", "LineAmount", "AccountCode", "AccountID", "TaxType", "ItemCode")
    return item is None and all(source.get(name) in {None, ""} for name in names)


def _fill_amounts(paper: Paper, source: Record, item: Record | None, line: Record) -> None:
    """Work out quantity, unit amount and line amount from whichever two were sent."""
    quantity, unit, amount = (number_in(source, name) for name in ("Quantity", "UnitAmount", "LineAmount"))
    rate, reduction = number_in(source, "DiscountRate"), number_in(source, "DiscountAmount")
    if unit is None and amount is None and item:
        unit = _side(paper, item).get("UnitPrice")
    if unit is None and (rate or reduction):
        paper.findings.add(NO_UNIT_AMOUNT)
    if quantity is None:
        quantity = amount / unit if amount is not None and unit and rate is None and reduction is None else ONE
    quantity = places(quantity, 4)
    if quantity < 0:
        paper.findings.add(f"The quantity value '{quantity}' is invalid. Quantity must not be less than zero.")
    if unit is None:
        unit = (amount or NOTHING) / quantity if quantity else NOTHING
        unit = places(unit, paper.places)
        expected = amount if amount is not None else NOTHING
    else:
        unit = places(unit, paper.places)
        expected = _discounted(paper, quantity * unit, rate, reduction, line)
    expected = cents(expected)
    if amount is not None and cents(amount) != expected:
        paper.findings.add(f"The line total {cents(amount)} does not match the expected line total {expected}")
    if abs(expected) > MAX_AMOUNT:
        paper.findings.add(f"The line total {expected} exceeds the maximum of {MAX_AMOUNT}")
    line.update({"Quantity": quantity, "UnitAmount": unit, "LineAmount": expected})


def _discounted(
    paper: Paper,
    full: Decimal,
    rate: Decimal | None,
    reduction: Decimal | None,
    line: Record,
) -> Decimal:
    """Take the discount off; only sales have one, and when both kinds are sent the rate wins."""
    if paper.kind != "ACCREC" and (rate or reduction):
        paper.findings.add("Discounts are only supported on ACCREC invoices.")
        return full
    if rate is not None:
        if not 0 <= rate <= HUNDRED:
            paper.findings.add(_bad_discount(rate))
            return full
        if rate:
            line["DiscountRate"] = cents(rate)
        return full * (ONE - rate / HUNDRED)
    if reduction is not None:
        if reduction < 0 or reduction > full:
            paper.findings.add(_bad_discount(reduction))
        if reduction:
            line["DiscountAmount"] = cents(reduction)
        return full - reduction
    return full


def _bad_discount(value: Decimal) -> str:
    return f"The discount rate '{cents(value)}' is invalid. Discount must not be greater than the line total."


def _fill_account(paper: Paper, source: Record, item: Record | None, line: Record) -> None:
    """Take the line's own account, else the item's; an approved document needs one on every line."""
    books, account_id = paper.books, text_in(source, "AccountID")
    code = text_in(source, "AccountCode") or ""
    if code:
        account = books.account(code)
    elif account_id and given(account_id):
        account = books.accounts.get(account_id.lower())
        code = account.get("Code", "") if account else account_id
    else:
        code = _side(paper, item).get("AccountCode", "") if item else ""
        account = books.account(code) if code else None
    if not code and account is None:
        if paper.approved:
            paper.findings.add("Account code must be specified")
        return
    check_account(account, code, paper.findings)
    if account is not None:
        line["AccountCode"], line["AccountID"] = account.get("Code", ""), account["AccountID"]
        own_tax = text_in(source, "TaxType") or (_side(paper, item).get("TaxType") if item else None)
        line["TaxType"] = own_tax or account.get("TaxType")


def _fill_tax(paper: Paper, source: Record, line: Record) -> None:
    """Settle the tax type, then the tax: calculated and rounded on the line, or as the sender overrode it."""
    books, tax_type = paper.books, text_in(source, "TaxType") or line.get("TaxType")
    if paper.amount_types == "NoTax":
        tax_type = "NONE"
    if not tax_type:
        if paper.approved:
            paper.findings.add("The TaxType field is mandatory")
        line["TaxAmount"] = NOTHING
        return
    account = books.accounts.get(line.get("AccountID", ""))
    if paper.amount_types != "NoTax":
        check_tax_type(books.tax_rates, tax_type, account, paper.findings)
    line["TaxType"] = tax_type
    sent = number_in(source, "TaxAmount") if paper.amount_types != "NoTax" else None
    line["TaxAmount"] = cents(sent) if sent is not None else line_tax(books, line, paper.amount_types)
    if abs(line["TaxAmount"]) > abs(line["LineAmount"]):
        paper.findings.add("The tax amount cannot be greater than the line amount")


def line_tax(books: Books, line: Record, amount_types: str) -> Decimal:
    """Calculate a line's tax at the rate's effective percentage, rounded half away from zero."""
    rate = books.tax_rates.get(line["TaxType"], {}).get("EffectiveRate", NOTHING)
    amount: Decimal = line["LineAmount"]
    match amount_types:
        case "Exclusive":
            return cents(amount * rate / HUNDRED)
        case "Inclusive":
            return cents(amount * rate / (HUNDRED + rate))
    return NOTHING


def totals(lines: list[Record], amount_types: str) -> Record:
    """Add up lines that are rounded already."""
    amount = sum((line["LineAmount"] for line in lines), NOTHING)
    tax = sum((line["TaxAmount"] for line in lines), NOTHING)
    net = amount - tax if amount_types == "Inclusive" else amount
    return {"SubTotal": net, "TotalTax": tax, "Total": net + tax}

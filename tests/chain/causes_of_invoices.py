"""Reasons of invoices."""

from __future__ import annotations

from datetime import date

from chain.causes import produces, with_config
from chain.company import VAT, Company, line
from chain.scripted import xero_refusing
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction
from vtxero.sandbox.xero.shelves import INVOICES
from vtxero.sync.report import RunReport

CHARGE = "shipping_&_handling"


def with_invoice(company: Company, *lines: dict[str, str], **fields: str) -> str:
    """An invoice that would cross, but for what the play adds."""
    return company.invoice(company.organization(), *(lines or (line(company.product()),)), **fields)


def add_tax(company: Company, label: str, rate: str, **fields: str) -> str:
    """A tax of Vtiger; gives its column."""
    return str(company.crm.create("Tax", taxlabel=label, percentage=rate, **fields)["taxname"])


@produces(Code.INV_PARTY, "neither an organization nor a contact")
def organization_of_the_invoice_was_deleted(company: Company) -> None:
    invoice = with_invoice(company)
    company.vtiger.edit(invoice, account_id="")


@produces(Code.INV_DATE, "The due date is missing")
def invoice_without_a_due_date(company: Company) -> None:
    with_invoice(company, duedate="")


@produces(Code.INV_LINES, "It has no lines")
def invoice_without_lines(company: Company) -> None:
    invoice = with_invoice(company)
    company.vtiger.lines.clear()
    company.vtiger.edit(invoice, hdnGrandTotal="0", hdnSubTotal="0")


@produces(Code.INV_GROUP_DISCOUNT, "discount of 1 is given on the whole invoice")
def invoice_with_a_group_discount(company: Company) -> None:
    with_invoice(company, hdnDiscountAmount="1")


@produces(Code.INV_DEDUCTED_TAX, "deducted tax Withholding 20 %")
def invoice_with_a_deducted_tax(company: Company) -> None:
    withheld = add_tax(company, "Withholding", "20", method="Deducted")
    with_invoice(company, line(company.product(), **{withheld: "-20"}), hdnTaxType="group")


@produces(Code.INV_TAX_UNKNOWN, "Xero has no active tax Sales 10 %")
def line_with_a_tax_that_xero_does_not_have(company: Company) -> None:
    widget = company.product(**{VAT: "", "tax2": "10"})
    with_invoice(company, {"productid": widget, "quantity": "1", "listprice": "10", "tax2": "10"})


@produces(Code.INV_TAX_SEVERAL, "VAT 4.5 % and Sales 10 %, and Xero takes one")
def line_with_several_taxes(company: Company) -> None:
    widget = company.product(tax2="10")
    with_invoice(company, line(widget, tax2="10"))


@produces(Code.INV_TAX_COMBINED, "no combined tax of exactly VAT 4.5 % and Sales 10 %")
def group_of_taxes_that_xero_does_not_combine(company: Company) -> None:
    with_invoice(company, line(company.product(), tax2="10"), hdnTaxType="group")


@produces(Code.INV_TAX_ACCOUNT, "cannot be used with the account 300 - Purchases")
def tax_that_does_not_fit_the_account(company: Company) -> None:
    vat = next(kind for kind, row in company.xero.snapshot()["TaxRates"].items() if row["Name"] == "VAT")
    company.xero.edit_tax_rate(vat, CanApplyToExpenses=False)
    with_config(company, "invoices", sales_account="300")
    with_invoice(company)


@produces(Code.INV_CURRENCY, "CHF is not one of NZD")
def currency_that_xero_does_not_have(company: Company) -> None:
    francs = company.crm.create(
        "Currency",
        currency_name="Swiss Francs",
        currency_code="CHF",
        currency_symbol="F",
        conversion_rate="0.5",
        defaultid="0",
        deleted="0",
        currency_status="Active",
    )
    with_invoice(company, currency_id=francs["id"], conversion_rate="0.5")


@produces(Code.INV_ACCOUNT, "No account is named")
def line_without_any_account(company: Company) -> None:
    with_config(company, "invoices", sales_account="")
    with_invoice(company)


@produces(Code.INV_ACCOUNT, "is archived in Xero")
def archived_account_in_the_config(company: Company) -> None:
    with_config(company, "invoices", sales_account="270")
    with_invoice(company)


@produces(Code.INV_ADJUSTMENT, "5, and the config names no account for adjustments")
def adjustment_without_an_account_for_it(company: Company) -> None:
    with_invoice(company, txtAdjustment="5")


@produces(Code.INV_STATUS, "'Credit Invoice', which does not cross")
def credit_invoice(company: Company) -> None:
    with_invoice(company, invoicestatus="Credit Invoice")


@produces(Code.INV_STATUS, "there is nothing to void")
def invoice_cancelled_before_it_ever_crossed(company: Company) -> None:
    with_invoice(company, invoicestatus="Cancel")


@produces(Code.INV_STATUS, "would go back from AUTHORISED to DRAFT")
def approval_taken_back_in_vtiger(company: Company) -> None:
    invoice = with_invoice(company)
    company.sync()
    company.vtiger.edit(invoice, invoicestatus="Created")


@produces(Code.INV_LOCK_DATE, "Xero is locked up to 2026-11-01")
def invoice_in_a_locked_period(company: Company) -> None:
    company.xero.set_lock_dates(period=date(2026, 11, 1))
    with_invoice(company)


@produces(Code.INV_CLOSED, "what waits: due date (2026-12-24, in Xero 2026-11-20)")
def edit_of_an_approved_invoice(company: Company) -> None:
    invoice = with_invoice(company)
    company.sync()
    company.vtiger.edit(invoice, duedate="2026-12-24")


@produces(Code.INV_NUMBER_TAKEN, "Xero has an invoice INV1 already, and it is another customer's")
def number_that_another_invoice_has(company: Company) -> RunReport:
    other = company.xero.add_contact(Name="Somebody else")
    company.xero_invoice(other, InvoiceNumber="INV1")
    with_invoice(company)
    return company.sync(direction=Direction.TO_XERO)


@produces(Code.INV_STOCK, "Xero says: No items available to sell")
def more_sold_than_there_is(company: Company) -> RunReport:
    company.xero.add_item(
        Code="W-1",
        Name="Widget",
        InventoryAssetAccountCode="630",
        PurchaseDetails={"COGSAccountCode": "310", "UnitPrice": 1},
    )
    with_invoice(company)
    return company.sync(direction=Direction.TO_XERO)


@produces(Code.INV_TOTAL, "Vtiger shows 99.00, by Xero's rules it is 10.45")
def total_that_the_lines_do_not_explain(company: Company) -> None:
    invoice = with_invoice(company)
    company.vtiger.edit(invoice, hdnGrandTotal="99", pre_tax_total="10")


@produces(Code.INV_TOTAL, "of rounding", note=True)
def cent_of_rounding(company: Company) -> None:
    widget = company.product()
    with_invoice(company, *(line(widget, "1", "0.11") for _ in range(5)))


@produces(Code.INV_NEGATIVE, "Its total is -10.45")
def total_below_zero(company: Company) -> None:
    with_invoice(company, line(company.product(), "-1"))


@produces(Code.INV_DISCOUNT, "the discount of 15 is more than the line's 10")
def discount_greater_than_its_line(company: Company) -> None:
    widget = company.product()
    with_invoice(company, line(widget, "9"), line(widget, discount_amount="15"))


@produces(Code.INV_PAID_ELSEWHERE, "in Xero nothing has been paid yet", note=True)
def invoice_paid_in_vtiger_alone(company: Company) -> None:
    with_invoice(company, invoicestatus="Paid")


@produces(Code.INV_PRODUCT, "its product was deleted or never chosen", note=True)
def line_without_a_product(company: Company) -> None:
    with_invoice(company, {"quantity": "1", "listprice": "10", "comment": "a favour"})


@produces(Code.INV_LIMIT, "Xero says: You have reached the limit")
def plan_that_lets_no_more_invoices_be_approved(company: Company) -> RunReport:
    with_invoice(company)
    with xero_refusing(INVOICES, "You have reached the limit of invoices you can approve"):
        return company.sync()


@produces(Code.INV_TOO_BIG, "is more than Xero's 9999999999.99")
def amount_that_is_too_big_for_xero(company: Company) -> None:
    with_invoice(company, line(company.product(), "1000", "10000000"))

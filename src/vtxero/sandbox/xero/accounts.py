"""Ledger accounts by the API: one in a request (developer.xero.com: Accounting API, Accounts)."""

from __future__ import annotations

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.errors import Findings, InvalidError
from vtxero.sandbox.xero.reference import add_account
from vtxero.sandbox.xero.saving import by_guid
from vtxero.sandbox.xero.wire import Record, bool_in, text_in

CODE_LENGTH, NAME_LENGTH = 10, 150
CODE_TOO_LONG = "Account Code is too long. Maximum of 10 characters allowed"
SAME_NAME = "Please enter a unique Name."
SAME_CODE = "Please enter a unique Code."
NO_CODE = "Account code must be specified"
CLASSES = {
    **dict.fromkeys(("BANK", "CURRENT", "FIXED", "INVENTORY", "NONCURRENT", "PREPAYMENT"), "ASSET"),
    **dict.fromkeys(("CURRLIAB", "LIABILITY", "PAYG", "TERMLIAB"), "LIABILITY"),
    **dict.fromkeys(("DEPRECIATN", "DIRECTCOSTS", "EXPENSE", "OVERHEADS"), "EXPENSE"),
    **dict.fromkeys(("OTHERINCOME", "REVENUE", "SALES"), "REVENUE"),
    "EQUITY": "EQUITY",
}
"""The class that each type of account belongs to."""

TEXTS = (
    "Code", "Name", "Description", "TaxType", "BankAccountNumber", "BankAccountType", "CurrencyCode", "ReportingCode",
)  # fmt: skip
FLAGS = ("EnablePaymentsToAccount", "ShowInExpenseClaims", "AddToWatchlist")


def get_account(books: Books, key: str) -> Record:
    """Get an account by its AccountID.

    Raises:
        NotFoundError: there is none.
    """
    return by_guid(books.accounts, key)


def create_account(books: Books, element: Record) -> Record:
    """Add an account to the chart.

    Raises:
        InvalidError: Xero would not take it.
    """
    kind = text_in(element, "Type") or ""
    if kind not in CLASSES:
        raise InvalidError(f"The account type '{kind}' is not valid")
    draft: Record = {"Type": kind, "Class": CLASSES[kind], "Status": "ACTIVE", **_told(element)}
    if kind == "BANK":
        draft = {"BankAccountType": "BANK", "CurrencyCode": books.base_currency, **draft}
    _check(books, draft, None)
    return add_account(books, draft)


def change_account(books: Books, account: Record, element: Record) -> Record:
    """Change an account, or archive it, which may not be mixed with anything else.

    Raises:
        InvalidError: Xero would not take it.
    """
    status = text_in(element, "Status") or account["Status"]
    told = _told(element)
    if status != account["Status"]:
        others = {name: value for name, value in told.items() if value != account.get(name)}
        if others or status not in {"ACTIVE", "ARCHIVED"}:
            raise InvalidError("An account's Status may only be changed to ARCHIVED, and nothing else with it")
        _refuse_system(account)
        told = {"Status": status}
    draft = {**account, **told}
    _check(books, draft, account)
    if account.get("Code"):
        del books.by_account_code[account["Code"]]
    account.update(draft)
    account["UpdatedDateUTC"] = books.now()
    if account.get("Code"):
        books.by_account_code[account["Code"]] = account["AccountID"]
    return account


def remove_account(books: Books, account: Record) -> Record:
    """Delete an account; one of Xero's own, or one in use, stays.

    Raises:
        InvalidError: it stays.
    """
    _refuse_system(account)
    account_id = account["AccountID"]
    documents = [*books.invoices.values(), *books.credits.values()]
    lines = (line for document in documents for line in document["LineItems"])
    paid = any(one["AccountID"] == account_id for one in books.payments.values())
    if paid or any(line.get("AccountID") == account_id for line in lines):
        raise InvalidError("An account with transactions cannot be deleted, only archived")
    del books.accounts[account_id]
    books.by_account_code.pop(account.get("Code", ""), None)
    return {**account, "Status": "DELETED"}


def _told(element: Record) -> Record:
    """Read what may be set; texts that are null or absent stay."""
    told: Record = {name: text_in(element, name) for name in TEXTS}
    told |= {name: bool_in(element, name) for name in FLAGS}
    return {name: value for name, value in told.items() if value is not None}


def _check(books: Books, draft: Record, current: Record | None) -> None:
    findings = Findings()
    code, name = draft.get("Code", ""), draft.get("Name", "")
    others = [one for one in books.accounts.values() if one is not current]
    if not code and draft["Type"] != "BANK":
        findings.add(NO_CODE)
    if len(code) > CODE_LENGTH:
        findings.add(CODE_TOO_LONG)
    if code and any(one.get("Code") == code for one in others):
        findings.add(SAME_CODE)
    findings.too_long(draft, {"Name": NAME_LENGTH, "Description": 4000})
    if not name or any(one["Name"].casefold() == name.casefold() for one in others):
        findings.add(SAME_NAME)
    tax = draft.get("TaxType")
    if tax and tax not in books.tax_rates:
        findings.add(f"The TaxType code {tax} does not exist or cannot be used with this type of transaction.")
    currency = draft.get("CurrencyCode")
    if currency and not books.has_currency(currency):
        findings.add(f"The current organisation is not subscribed to currency '{currency}'.")
    findings.stop()


def _refuse_system(account: Record) -> None:
    if account.get("SystemAccount"):
        raise InvalidError("A system account cannot be archived or deleted")

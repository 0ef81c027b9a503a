"""Accounts of Xero's chart: which can stand on documents, items and payments, and how Vtiger's fields show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from vtxero.domain.reference import LedgerAccount, Reference, VtigerField, XeroReference, XeroTaxRate
from vtxero.domain.words import quoted
from vtxero.rules.fields import resolve_field
from vtxero.rules.labels import PAYMENT_ACCOUNT, PURCHASE_ACCOUNT, SALES_ACCOUNT

BANK = "BANK"
PICKLIST = "picklist"


class AccountUse(Enum):
    """What an account field is for."""

    DOCUMENTS = auto()
    """Lines of invoices, and both sides of items."""
    PAYMENTS = auto()


@dataclass(frozen=True, slots=True)
class AccountField:
    """A field of Vtiger, by name or label, that holds an account of Xero's chart."""

    module: str
    field: str
    use: AccountUse = AccountUse.DOCUMENTS


ACCOUNT_FIELDS = (
    AccountField("Products", SALES_ACCOUNT),
    AccountField("Products", PURCHASE_ACCOUNT),
    AccountField("Services", SALES_ACCOUNT),
    AccountField("Services", PURCHASE_ACCOUNT),
    AccountField("LineItem", SALES_ACCOUNT),
    AccountField("Payments", PAYMENT_ACCOUNT, AccountUse.PAYMENTS),
)
"""The fields as Vtiger's own Xero extension names them; `modules.products.fields` may name others."""


@dataclass(frozen=True, slots=True)
class PicklistGap:
    """What a picklist of accounts lacks: the values to paste into Vtiger's picklist editor, spelt `200 - Sales`."""

    module: str
    label: str
    values: tuple[str, ...]


def account_text(account: LedgerAccount) -> str:
    """Spell an account as Vtiger's fields show it: `200 - Sales`, only the name where it has no code."""
    return f"{account.code} - {account.name}" if account.code else account.name


def account_problem(account: LedgerAccount | None, text: str) -> str | None:
    """Say why `account`, which Vtiger or the config names as `text`, cannot be used; None when it can.

    Xero refuses system accounts ("cannot be applied to Items"), bank accounts, archived and deleted ones. Items and
    invoice lines name an account by its code only, which some accounts do not have.
    """
    if account is None or not account.active:
        return _not_there(account, text)
    shown = account_text(account)
    if account.system:
        return (
            f"The account {quoted(shown)} is a system account of Xero ({account.system}), which documents may not use."
        )
    if not account.code:
        return f"The account {quoted(shown)} has no code in Xero."
    if account.kind == BANK:
        return f"The account {quoted(shown)} is a bank account, which items and invoices may not use."
    return None


def payment_account_problem(account: LedgerAccount | None, text: str) -> str | None:
    """Say why no payment can go to `account`, which Vtiger or the config names as `text`; None when one can.

    Xero takes payments to bank accounts and to those with payments enabled; a bank account needs no code.
    """
    if account is None or not account.active:
        return _not_there(account, text)
    if account.kind != BANK and not account.takes_payments:
        shown = quoted(account_text(account))
        return f"The account {shown} is no bank account in Xero, and payments to it are not enabled."
    return None


def _not_there(account: LedgerAccount | None, text: str) -> str:
    if account:
        return f"The account {quoted(account_text(account))} is archived in Xero."
    return f"Xero's chart has no account {quoted(text.strip())}." if text.strip() else "No account is named."


def tax_fits_account(rate: XeroTaxRate, account: LedgerAccount | None) -> bool:
    """Tell whether Xero takes this rate on a line of this account; nothing speaks against it where none is known."""
    return account is None or account.klass.upper() in rate.applies_to


def usable_accounts(xero: XeroReference, use: AccountUse) -> tuple[LedgerAccount, ...]:
    """Give the accounts of the chart that such a field may hold, by code; payments go to banks and where Xero allows.

    A bank account without a code can be named all the same: payments name it by its id.
    """
    judge = account_problem if use is AccountUse.DOCUMENTS else payment_account_problem
    found = [item for item in xero.accounts if judge(item, item.code) is None]
    return tuple(sorted(found, key=lambda item: (not item.code, item.code, item.name)))


def spelled_account(account: LedgerAccount, choices: Iterable[str], xero: XeroReference) -> str:
    """Spell an account as a Vtiger field does: as its picklist has it, else the way its values are made."""
    found = (choice for choice in choices if xero.find_account(choice) is account)
    return next(found, account_text(account))


def picklist_text(field: VtigerField | None, text: str) -> str:
    """Say that a picklist lacks a value that is written to it; blank when it does not, or is plain text."""
    if field is None or not text or text in field.choices or not is_picklist(field):
        return ""
    picklist = f"the picklist {quoted(field.label)} in Vtiger"
    return f"{picklist} has no value {quoted(text)} yet, so the field shows it but cannot offer it."


PASTE = "Add the value to the picklist in Vtiger; `vtxero doctor` lists all that are missing."


def is_picklist(field: VtigerField) -> bool:
    """Tell whether a field offers values to choose from, be it that it has none yet."""
    return bool(field.choices) or field.kind == PICKLIST


def missing_picklist_values(
    reference: Reference, fields: Iterable[AccountField] = ACCOUNT_FIELDS
) -> tuple[PicklistGap, ...]:
    """List the accounts that this Vtiger's picklists lack; its API cannot add them, a person pastes them.

    A field that this Vtiger does not have, or that is plain text, lacks nothing.
    """
    gaps = []
    for place in fields:
        module = reference.vtiger.modules.get(place.module)
        field = module.field(resolve_field(place.field, module)) if module else None
        if field is None or not is_picklist(field):
            continue
        known = {account.account_id for choice in field.choices if (account := reference.xero.find_account(choice))}
        missing = [item for item in usable_accounts(reference.xero, place.use) if item.account_id not in known]
        if missing:
            gaps.append(PicklistGap(place.module, field.label, tuple(account_text(item) for item in missing)))
    return tuple(gaps)

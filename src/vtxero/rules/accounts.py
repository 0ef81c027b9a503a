"""Whether an account of Xero's chart can be used on a sales document, an item, and with a tax."""

from __future__ import annotations

from vtxero.domain.reference import LedgerAccount, XeroTaxRate


def account_problem(account: LedgerAccount | None, text: str) -> str | None:
    """Say why `account`, which Vtiger or the config names as `text`, cannot be used; None when it can.

    Xero refuses system accounts ("cannot be applied to Items"), archived and deleted ones. Items and invoice lines name
    an account by its code only, which some bank accounts do not have.
    """
    if account is None:
        return f"Xero's chart has no account {text.strip()!r}." if text.strip() else "No account is named."
    shown = f"{account.code} - {account.name}" if account.code else account.name
    if not account.active:
        return f"The account {shown!r} is archived in Xero."
    if account.system:
        return f"The account {shown!r} is a system account of Xero ({account.system}), which documents may not use."
    if not account.code:
        return f"The account {shown!r} has no code in Xero."
    return None


def tax_fits_account(rate: XeroTaxRate, account: LedgerAccount | None) -> bool:
    """Tell whether Xero takes this rate on a line of this account; nothing speaks against it where none is known."""
    return account is None or account.klass.upper() in rate.applies_to

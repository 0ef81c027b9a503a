"""What the four writable collections have in common when an element is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vtxero.sandbox.xero.errors import Findings, NotFoundError, NotModelledError
from vtxero.sandbox.xero.wire import ZERO_ID, Record, given, is_guid, text_in


@dataclass(frozen=True, slots=True)
class Mode:
    """How an element came in.

    `create` is PUT, which never touches an existing record. `person` is somebody in Xero's own pages, or a file being
    loaded: allowed what the API refuses, such as a website, and to keep the ids given.
    """

    create: bool = True
    places: int = 2
    person: bool = False
    backorders: bool = False
    """Whether tracked items may be sold that are not there (`allowBackorders`)."""


@dataclass(slots=True)
class Saved:
    """One element that was saved."""

    record_id: str
    created: bool
    warnings: list[str] = field(default_factory=list)


def by_guid(records: Mapping[str, Record], key: str) -> Record:
    """Get a record that is asked for by its id alone.

    Raises:
        NotFoundError: there is none.
    """
    found = records.get(key.lower()) if is_guid(key) else None
    if found is None:
        raise NotFoundError
    return found


def id_sent(element: Record, plural: str, mode: Mode) -> str | None:
    """Give the id by which an element names the record to change; None where it names none.

    Raises:
        NotModelledError: what the API is to create names one.
    """
    key = f"{plural.removesuffix('s')}ID"
    sent = text_in(element, key)
    if not sent or not given(sent):
        return None
    if mode.create and not mode.person:
        raise NotModelledError(f"PUT {plural} with a value of {key} is not modelled by the stand-in")
    return sent


def refuse_unmodelled(element: Record, names: set[str], what: str) -> None:
    """Say loudly that a property with a meaning in Xero is not modelled, rather than dropping it."""
    for name in sorted(names):
        if element.get(name):
            raise NotModelledError(f"{what}.{name} in a request is not modelled by the stand-in")


def refused(element: Record, key: str, messages: list[str]) -> Record:
    """Echo a refused element as Xero does: its id, or the zero id for a new one, and what was wrong."""
    echo: Record = {key: element.get(key) or ZERO_ID}
    echo.update({name: value for name, value in element.items() if name != key and value is not None})
    echo["ValidationErrors"] = [{"Message": message} for message in messages]
    return echo


def check_tax_type(rates: dict[str, Record], tax_type: str, account: Record | None, findings: Findings) -> None:
    """Refuse a tax type that does not exist, is no longer active, or does not fit the account's class."""
    rate = rates.get(tax_type)
    if rate is None or rate["Status"] != "ACTIVE":
        findings.add(
            f"The TaxType code {tax_type} does not exist or cannot be used with this type of transaction.",
        )
    elif account is not None and not rate.get(_FLAGS[account["Class"]]):
        findings.add(f"The TaxType code '{tax_type}' cannot be used with account code '{account.get('Code', '')}'.")


_FLAGS = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}


def check_account(account: Record | None, code: str, findings: Findings) -> None:
    """Refuse an account that cannot stand on a line: unknown, gone, a bank account, or one of Xero's own."""
    if account is None:
        findings.add(f"Account code '{code}' is not a valid code for this document.")
    elif account["Status"] != "ACTIVE":
        findings.add(
            f"Account code '{code}' has been archived, or has been deleted. "
            "Each line item must reference a valid account.",
        )
    elif account["Type"] == "BANK" or account.get("SystemAccount"):
        findings.add(f"Account code '{code}' is not a valid code for this document.")


def index_add(index: dict[Any, dict[str, None]], key: Any, record_id: str) -> None:
    index.setdefault(key, {})[record_id] = None


def index_drop(index: dict[Any, dict[str, None]], key: Any, record_id: str) -> None:
    index.get(key, {}).pop(record_id, None)

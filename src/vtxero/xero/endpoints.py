"""Which of Xero's operations serve which module: a table, so that a new module is a new row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from vtxero.errors import NotModelledError

UNITDP = {"unitdp": 4}
"""Unit amounts to four decimals, on reads and on writes; else Xero gives and takes two (DOC invoices, rounding)."""

BATCH = 50
"""Elements in one request; Xero's advice."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the Accounting API: the SDK's name for it, and what goes over the wire."""

    name: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def no_rows(self) -> bytes:
        """Write the answer to a question that nothing answers, as Xero writes an empty list."""
        return f'{{"{self.path.removeprefix("/")}":[]}}'.encode()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A kind of record at Xero. Parameters are the SDK's keywords; text goes over the wire as it stands here.

    `listing` belongs to reading many, `naming` to reading by id (None where Xero knows no list of ids), `looking` to
    the cheap look at modification times, `writing` to creates and updates. What vtxero only reads has neither of these.
    """

    plural: str
    id_field: str
    read: Operation
    create: Operation | None = None
    update: Operation | None = None
    body: str = ""
    keys: tuple[str, ...] = ()
    """The fields that name a record to people; the first of them that is filled does."""
    paged: bool = True
    timed: bool = True
    """Whether Xero tells when a row was modified, and lists what was modified since."""
    listing: Mapping[str, str | int] = field(default_factory=dict)
    naming: Mapping[str, str | int] | None = None
    looking: Mapping[str, str | int] = field(default_factory=dict)
    writing: Mapping[str, str | int] = field(default_factory=dict)


def _endpoint(
    plural: str,
    *,
    keys: tuple[str, ...],
    paged: bool = True,
    listing: Mapping[str, str | int],
    naming: Mapping[str, str | int] | None = None,
    writing: Mapping[str, str | int] | None = None,
) -> Endpoint:
    """Fill in a row. PUT only creates; POST would also overwrite by name, number or code, so it only updates by id."""
    word, path = plural.lower(), f"/{plural}"
    return Endpoint(
        plural=plural,
        id_field=f"{plural.removesuffix('s')}ID",
        read=Operation(f"get_{word}", "GET", path),
        create=Operation(f"create_{word}", "PUT", path),
        update=Operation(f"update_or_create_{word}", "POST", path),
        body=word,
        keys=keys,
        paged=paged,
        listing=listing,
        naming=naming,
        looking={**naming, "summary_only": "true"} if naming is not None else {},
        writing=writing or {},
    )


ORGANISATION = Operation("get_organisations", "GET", "/Organisation")
ACCOUNTS = Operation("get_accounts", "GET", "/Accounts")
TAX_RATES = Operation("get_tax_rates", "GET", "/TaxRates")
CURRENCIES = Operation("get_currencies", "GET", "/Currencies")

_ARCHIVED = {"include_archived": "true"}

_CONTACTS = _endpoint("Contacts", keys=("ContactNumber", "Name"), listing=_ARCHIVED, naming=_ARCHIVED)
"""Two modules share Xero's contacts: those of people, and those of organizations."""

ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType(
    {
        "taxes": Endpoint("TaxRates", "TaxType", TAX_RATES, paged=False, timed=False),
        "contacts": _CONTACTS,
        "organizations": _CONTACTS,
        "products": _endpoint("Items", keys=("Code",), paged=False, listing=UNITDP, writing=UNITDP),
        "payments": Endpoint(
            "Payments",
            "PaymentID",
            Operation("get_payments", "GET", "/Payments"),
            # They are never changed: a person deletes one and makes another.
            create=Operation("create_payments", "PUT", "/Payments"),
            body="payments",
            listing={"where": 'PaymentType=="ACCRECPAYMENT"'},
        ),
        "invoices": _endpoint(
            "Invoices",
            keys=("InvoiceNumber",),
            listing={"where": 'Type=="ACCREC"', **UNITDP},
            naming=UNITDP,
            writing=UNITDP,
        ),
    }
)


def endpoint(module: str) -> Endpoint:
    """Find a module's row.

    Raises:
        NotModelledError: Xero holds no records of this module, as far as vtxero knows.
    """
    found = ENDPOINTS.get(module)
    if found is None:
        raise NotModelledError(f"vtxero does not read or write the module {module!r} at Xero.")
    return found

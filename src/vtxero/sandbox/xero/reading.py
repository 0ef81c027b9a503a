"""Reading: single records, lists, pages, and the catalogues of an organisation."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from vtxero.sandbox.xero.answers import Answer, api_answer
from vtxero.sandbox.xero.calls import Call
from vtxero.sandbox.xero.errors import NotFoundError, NotModelledError
from vtxero.sandbox.xero.filters import Fields, parse_order, parse_where, sort_records
from vtxero.sandbox.xero.identity import PERSON
from vtxero.sandbox.xero.reference import account_view, actions_view, organisation_view
from vtxero.sandbox.xero.shelves import FILTERS, INVOICES, Shelf
from vtxero.sandbox.xero.wire import Record, dumps, envelope

DEFAULT_SIZE, MAX_SIZE = 100, 1000


def read_shelf(call: Call, shelf: Shelf) -> Answer:
    """Serve GET of a collection, or of one record in it."""
    if len(call.parts) > 1:
        return _read_one(call, shelf)
    call.allow(shelf.parameters)
    records = _ordered(call, shelf, _filtered(call, shelf))
    summary = shelf.paged and call.flag("summaryonly")
    paged = shelf.paged and ("page" in call.query or "statuses" in call.query or summary)
    pagination = None
    if paged:
        page, size = max(1, call.whole("page", 1)), min(MAX_SIZE, max(1, call.whole("pagesize", DEFAULT_SIZE)))
        count = len(records)
        pagination = {"page": page, "pageSize": size, "pageCount": math.ceil(count / size), "itemCount": count}
        records = records[(page - 1) * size : page * size]
    view = "summary" if summary else "page" if paged else "list"
    return answer(call, shelf.plural, [shown(call, shelf, record, view) for record in records], pagination)


def _read_one(call: Call, shelf: Shelf) -> Answer:
    if len(call.parts) > 2:
        raise NotModelledError(f"{call.method} {'/'.join(call.parts)}")
    if "pdf" in call.headers.get("accept", "").lower():
        raise NotModelledError(f"{call.method} {'/'.join(call.parts)} as a PDF")
    call.allow({"unitdp"})
    record = shelf.get(call.books, call.parts[1])
    return answer(call, shelf.plural, [shown(call, shelf, record, "single")], None)


def shown(call: Call, shelf: Shelf, record: Record, view: str) -> str:
    """Give a record's JSON, from the cache when nothing shown in it has changed."""
    books, places = call.books, call.places
    others = shelf.shown_with(books, record)
    name = f"{view}:{places}" if shelf.with_places else view
    return books.rendered(record[shelf.key], name, others, lambda: shelf.views[view](books, record, places))


def answer(call: Call, plural: str, texts: list[str], pagination: Record | None = None) -> Answer:
    return api_answer(envelope(str(uuid.uuid4()), call.books.clock(), plural, texts, pagination))


def _filtered(call: Call, shelf: Shelf) -> list[Record]:
    """Apply If-Modified-Since, `where` and the list parameters."""
    records = list(shelf.records(call.books).values())
    since = modified_since(call)
    if since is not None:
        records = [record for record in records if record["UpdatedDateUTC"] >= since]
    if shelf.plural == "Contacts" and not call.flag("includearchived"):
        records = [record for record in records if record["ContactStatus"] == "ACTIVE"]
    keys = {"ids": shelf.key, "invoicenumbers": "InvoiceNumber", "contactids": "ContactID", "statuses": "Status"}
    for parameter, name in keys.items():
        if parameter in call.query:
            wanted = call.listed(parameter)
            records = [record for record in records if str(record.get(name, "")).casefold() in wanted]
    if call.flag("createdbymyapp"):
        records = [record for record in records if record[shelf.key] in call.books.made_by_app]
    term = call.query.get("searchterm", "").casefold()
    if term:
        texts = shelf.searched
        records = [one for one in records if any(term in str(one.get(name, "")).casefold() for name in texts)]
    if "where" in call.query:
        keep = parse_where(call.query["where"], shelf.fields(call.books))
        records = [record for record in records if keep(record)]
    return records


def modified_since(call: Call) -> datetime | None:
    """Read If-Modified-Since, ISO or as HTTP has it, to the second; any other form is ignored, as Xero does."""
    sent = call.headers.get("if-modified-since", "").strip()
    try:
        moment = parsedate_to_datetime(sent) if sent.endswith("GMT") else datetime.fromisoformat(sent)
    except ValueError:
        return None
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.replace(microsecond=0)


def _ordered(call: Call, shelf: Shelf, records: list[Record]) -> list[Record]:
    """Order by what was asked, else by modification time; the id settles what is equal."""
    if "order" in call.query:
        by_id = sorted(records, key=lambda record: str(record[shelf.key]))
        return sort_records(by_id, parse_order(call.query["order"], shelf.fields(call.books)))
    return sorted(records, key=lambda record: (record["UpdatedDateUTC"], record[shelf.key]))


def read_organisation(call: Call) -> Answer:
    call.allow(set())
    if [part.lower() for part in call.parts[1:]] == ["actions"]:
        return answer(call, "Actions", [dumps(one) for one in actions_view(call.books)])
    if call.parts[1:]:
        raise NotModelledError(f"GET {'/'.join(call.parts)}")
    return answer(call, "Organisations", [dumps(organisation_view(call.books.organisation))])


def read_accounts(call: Call) -> Answer:
    """Serve the chart of accounts: never paged, and it knows If-Modified-Since."""
    names = (
        "Code", "Name", "Type", "Class", "Status", "AccountID", "TaxType", "SystemAccount", "EnablePaymentsToAccount",
        "BankAccountType", "BankAccountNumber", "CurrencyCode", "Description", "ReportingCode", "ShowInExpenseClaims",
        "UpdatedDateUTC",
    )  # fmt: skip
    since = modified_since(call)
    records = [one for one in call.books.accounts.values() if since is None or one["UpdatedDateUTC"] >= since]
    return catalogue(call, "Accounts", records, key="AccountID", names=names, view=account_view)


def read_tax_rates(call: Call) -> Answer:
    """Serve the tax rates, deleted ones included."""
    classes = tuple(f"CanApplyTo{one}" for one in ("Assets", "Equity", "Expenses", "Liabilities", "Revenue"))
    names = ("Name", "TaxType", "Status", "EffectiveRate", "DisplayTaxRate", "ReportTaxType", *classes)
    records = list(call.books.tax_rates.values())
    return catalogue(call, "TaxRates", records, key="TaxType", names=names, view=dict)


def read_currencies(call: Call) -> Answer:
    return catalogue(call, "Currencies", call.books.currencies, key="Code", names=("Code", "Description"), view=dict)


def read_tracking(call: Call) -> Answer:
    """Serve the tracking categories; archived ones and archived options only when asked for."""
    names = ("Name", "Status", "TrackingCategoryID")
    records, archived = list(call.books.tracking.values()), call.flag("includearchived")
    call.query.pop("includearchived", None)
    if not archived and not call.parts[1:]:
        records = [_without_archived(one) for one in records if one["Status"] == "ACTIVE"]
    return catalogue(call, "TrackingCategories", records, key="TrackingCategoryID", names=names, view=dict)


def _without_archived(category: Record) -> Record:
    return {**category, "Options": [one for one in category["Options"] if one["Status"] == "ACTIVE"]}


def read_reminders(call: Call) -> Answer:
    """Serve whether the organisation reminds its customers of unpaid invoices; it does not."""
    call.allow(set())
    if call.parts[1].lower() != "settings":
        raise NotFoundError
    return answer(call, "InvoiceReminders", [dumps({"Enabled": False})])


def read_online_invoice(call: Call) -> Answer:
    """Serve the address under which a customer sees an approved sales invoice; nothing is served there."""
    call.allow(set())
    invoice = INVOICES.get(call.books, call.parts[1])
    if invoice["Type"] != "ACCREC" or invoice["Status"] not in {"AUTHORISED", "PAID"}:
        raise NotModelledError("OnlineInvoice of a bill, or of an invoice that is not approved")
    token = uuid.uuid5(uuid.NAMESPACE_URL, f"online:{invoice['InvoiceID']}").hex
    return answer(call, "OnlineInvoices", [dumps({"OnlineInvoiceUrl": f"https://in.xero.com/{token}"})])


def read_users(call: Call) -> Answer:
    """Serve the one person who uses this organisation."""
    user = {
        "UserID": str(uuid.uuid5(uuid.NAMESPACE_URL, "vtxero-sandbox-user")),
        "EmailAddress": PERSON["email"],
        "FirstName": PERSON["given_name"],
        "LastName": PERSON["family_name"],
        "UpdatedDateUTC": "/Date(1577836800000+0000)/",
        "IsSubscriber": True,
        "OrganisationRole": "STANDARD",
    }
    return catalogue(call, "Users", [user], key="UserID", names=tuple(user), view=dict)


def read_themes(call: Call) -> Answer:
    """Serve the one branding theme."""
    theme = {"BrandingThemeID": call.books.branding_theme, "Name": "Standard", "Type": "INVOICE", "SortOrder": 0}
    theme["CreatedDateUTC"] = "/Date(1577836800000+0000)/"
    return catalogue(call, "BrandingThemes", [theme], key="BrandingThemeID", names=tuple(theme), view=dict)


def catalogue(
    call: Call,
    plural: str,
    records: list[Record],
    *,
    key: str,
    names: tuple[str, ...],
    view: Callable[[Record], Record],
) -> Answer:
    """Serve a list that is never paged, whole or one by its id."""
    fields: Fields = {name: (lambda record, name=name: record.get(name)) for name in names}  # type: ignore[misc]
    if call.parts[1:]:
        call.allow(set())
        records = [record for record in records if record[key].lower() == call.parts[1].lower()]
        if not records or call.parts[2:]:
            raise NotFoundError
    call.allow(FILTERS)
    if "where" in call.query:
        keep = parse_where(call.query["where"], fields)
        records = [record for record in records if keep(record)]
    if "order" in call.query:
        records = sort_records(records, parse_order(call.query["order"], fields))
    return answer(call, plural, [dumps(view(record)) for record in records])

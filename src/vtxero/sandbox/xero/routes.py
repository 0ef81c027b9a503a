"""Which address of the accounting API is served by what, and which scope it needs."""

from __future__ import annotations

from collections.abc import Callable

from vtxero.sandbox.xero import group_calls as groups
from vtxero.sandbox.xero import settings_calls as settings
from vtxero.sandbox.xero.answers import Answer
from vtxero.sandbox.xero.attachments import ATTACHED_TO, read_attachments, read_content, write_attachment
from vtxero.sandbox.xero.attachments import SCOPES as ATTACHMENT_SCOPES
from vtxero.sandbox.xero.batch_calls import post_batch
from vtxero.sandbox.xero.calls import Call
from vtxero.sandbox.xero.credits import KINDS
from vtxero.sandbox.xero.errors import NotModelledError
from vtxero.sandbox.xero.group_calls import read_groups
from vtxero.sandbox.xero.history import put_history, read_history
from vtxero.sandbox.xero.reading import (
    read_accounts,
    read_currencies,
    read_online_invoice,
    read_organisation,
    read_reminders,
    read_shelf,
    read_tax_rates,
    read_themes,
    read_tracking,
    read_users,
)  # fmt: skip
from vtxero.sandbox.xero.shelves import SHELVES, WRITABLE, Shelf
from vtxero.sandbox.xero.writing import email_invoice, remove_item, write_shelf

Handler = Callable[[Call], Answer]


def _name(shelf: Shelf) -> str:
    return shelf.plural.lower()


CATALOGUES: dict[str, Handler] = {
    "organisation": read_organisation,
    "organisations": read_organisation,
    "accounts": read_accounts,
    "taxrates": read_tax_rates,
    "currencies": read_currencies,
    "trackingcategories": read_tracking,
    "brandingthemes": read_themes,
    "users": read_users,
    "contactgroups": read_groups,
}
CHANGES: dict[tuple[str, str], Handler] = {
    ("PUT", "accounts"): settings.put_account,
    ("POST", "accounts/*"): settings.post_account,
    ("DELETE", "accounts/*"): settings.delete_account,
    ("PUT", "taxrates"): settings.put_tax_rate,
    ("POST", "taxrates"): settings.post_tax_rate,
    ("PUT", "currencies"): settings.put_currency,
    ("PUT", "trackingcategories"): settings.put_category,
    ("POST", "trackingcategories/*"): settings.post_category,
    ("DELETE", "trackingcategories/*"): settings.delete_category,
    ("PUT", "trackingcategories/*/options"): settings.put_option,
    ("POST", "trackingcategories/*/options/*"): settings.post_option,
    ("DELETE", "trackingcategories/*/options/*"): settings.delete_option,
    ("PUT", "contactgroups"): groups.put_groups,
    ("POST", "contactgroups/*"): groups.post_group,
    ("PUT", "contactgroups/*/contacts"): groups.put_members,
    ("DELETE", "contactgroups/*/contacts"): groups.delete_members,
    ("DELETE", "contactgroups/*/contacts/*"): groups.delete_members,
    ("DELETE", "items/*"): remove_item,
    ("POST", "invoices/*/email"): email_invoice,
    ("GET", "invoices/*/onlineinvoice"): read_online_invoice,
    ("GET", "invoicereminders/*"): read_reminders,
    ("POST", "batchpayments"): post_batch,
    ("POST", "batchpayments/*"): post_batch,
    **{("GET", f"{_name(shelf)}/*/attachments"): read_attachments(shelf) for shelf in ATTACHED_TO},
    **{("GET", f"{_name(shelf)}/*/attachments/*"): read_content(shelf) for shelf in ATTACHED_TO},
    **{
        (method, f"{_name(shelf)}/*/attachments/*"): write_attachment(shelf)
        for shelf in ATTACHED_TO
        for method in ("PUT", "POST")
    },
    **{("GET", f"{name}/*/history"): read_history(shelf) for name, shelf in SHELVES.items()},
    **{("PUT", f"{name}/*/history"): put_history(shelf) for name, shelf in SHELVES.items()},
    **{("PUT", f"{name}/*/allocations"): settings.put_allocations(kind) for name, kind in KINDS.items()},
    **{("DELETE", f"{name}/*/allocations/*"): settings.delete_allocation(kind) for name, kind in KINDS.items()},
}
"""By method and address; a star stands for an id."""


def needed_scopes(path: str) -> tuple[str, ...] | None:
    """Give the scopes of which a call needs one; None for what nobody serves."""
    name, *more = [part for part in path.lower().split("/") if part] or [""]
    return ATTACHMENT_SCOPES if more[1:2] == ["attachments"] else SCOPES.get(name)


SCOPES = {
    **dict.fromkeys(CATALOGUES, ("accounting.settings",)),
    "contactgroups": ("accounting.contacts",),
    "invoicereminders": ("accounting.settings",),
    **{name: shelf.scopes for name, shelf in SHELVES.items()},
}


def dispatch(call: Call) -> Answer:
    """Serve a call.

    Raises:
        NotModelledError: nothing serves its address.
    """
    name = call.parts[0].lower()
    change = CHANGES.get((call.method, _pattern(call.parts)))
    if change is not None:
        return change(call)
    shelf = SHELVES.get(name)
    if shelf is not None and call.method == "GET":
        return read_shelf(call, shelf)
    if shelf in WRITABLE and call.method in {"PUT", "POST"}:
        return write_shelf(call, shelf)
    if name in CATALOGUES and call.method == "GET":
        return CATALOGUES[name](call)
    raise NotModelledError(f"{call.method} {'/'.join(call.parts)}")


def _pattern(parts: list[str]) -> str:
    """Write an address with its ids as stars: every second part is one."""
    return "/".join("*" if place % 2 else part.lower() for place, part in enumerate(parts))

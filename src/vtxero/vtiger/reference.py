"""Reads what Vtiger knows besides its records: modules, taxes, currencies, and the API user's own settings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vtxero.domain.findings import Finding, finding
from vtxero.domain.money import parse_amount
from vtxero.domain.reasons import Code
from vtxero.domain.reference import (
    VtigerCurrency,
    VtigerField,
    VtigerModule,
    VtigerReference,
    VtigerTax,
)
from vtxero.domain.text import unescape
from vtxero.errors import AuthError, NotModelledError
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.paging import Lists, quote, select
from vtxero.vtiger.rows import Row, number_of, text

MODULES = ("Accounts", "Contacts", "Products", "Services", "Invoice", "LineItem", "Payments")
"""The modules that are described where the instance has them. The open-source edition has no Payments."""

BASE_CURRENCY = "-11"
"""`defaultid` of the base currency."""

LEAST_DECIMALS = 2
_CHARGE_TAX = re.compile(r"(?P<charge>.+)_shtax\d+\Z")


def read_reference(client: VtigerClient) -> VtigerReference:
    """Read all reference data: one call for the list of modules, one for each module, two and more for the lists.

    Raises:
        AuthError: the user may not see taxes or currencies.
    """
    types = set(client.list_types())
    described = {name: client.describe(name) for name in MODULES if name in types}
    return VtigerReference(
        instance=client.address.base,
        version=client.session.version,
        user_id=client.session.user_id,
        page_url=client.address.page_url,
        modules={name: _module(name, answer) for name, answer in described.items()},
        taxes=_taxes(_all(client, "Tax")),
        currencies=_currencies(_all(client, "Currency")),
        charge_taxes=_charge_taxes(described.get("Invoice", {})),
    )


def _all(client: VtigerClient, module: str) -> list[Row]:
    return [row for page in Lists(client).by_id(module, ()) for row in page]


# -- describe --------------------------------------------------------------------------------------------------


def _module(name: str, answer: Mapping[str, Any]) -> VtigerModule:
    return VtigerModule(
        name=name,
        id_prefix=text(answer, "idPrefix"),
        fields=tuple(_field(each) for each in _fields(answer)),
        createable=bool(answer.get("createable", True)),
        updateable=bool(answer.get("updateable", True)),
    )


def _fields(answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found = answer.get("fields", ())
    if not isinstance(found, Sequence) or not all(isinstance(each, Mapping) for each in found):
        raise NotModelledError("Vtiger's describe lists no fields.", remedy="Report this to vtxero.")
    return found


def _field(answer: Mapping[str, Any]) -> VtigerField:
    kind = answer.get("type")
    details: Mapping[str, Any] = kind if isinstance(kind, Mapping) else {}
    choices = details.get("picklistValues")
    return VtigerField(
        name=text(answer, "name"),
        label=unescape(text(answer, "label")),
        kind=text(details, "name"),
        mandatory=answer.get("mandatory") in (True, "1", 1, "true"),
        choices=tuple(text(each, "value") for each in choices) if isinstance(choices, Sequence) else (),
    )


def _charge_taxes(answer: Mapping[str, Any]) -> dict[str, str]:
    """Find the taxes on charges: a field for each charge, and one for each of its taxes, labelled `<charge> <tax>`."""
    labels = {text(each, "name"): unescape(text(each, "label")) for each in _fields(answer)} if answer else {}
    found: dict[str, str] = {}
    for name, label in labels.items():
        match = _CHARGE_TAX.match(name)
        if match:
            found[name] = label.removeprefix(labels.get(match["charge"], "")).strip() or label
    return found


# -- taxes and currencies --------------------------------------------------------------------------------------


def _taxes(rows: Sequence[Row]) -> tuple[VtigerTax, ...]:
    live = [row for row in rows if text(row, "deleted") in ("", "0") and text(row, "taxname")]
    names = {number_of(text(row, "id")): text(row, "taxname") for row in live}
    return tuple(
        VtigerTax(
            field=text(row, "taxname"),
            label=unescape(text(row, "taxlabel")),
            rate=parse_amount(row.get("percentage")),
            method=text(row, "method") or "Simple",
            compound_on=_compound_on(text(row, "compoundon"), names),
        )
        for row in live
    )


def _compound_on(written: str, names: Mapping[int, str]) -> tuple[str, ...]:
    """Read the JSON list of tax numbers that Vtiger keeps as text (`["4"]`), as fields."""
    try:
        numbers = json.loads(unescape(written) or "[]")
    except ValueError:
        return ()
    found = (str(each) for each in numbers) if isinstance(numbers, list) else ()
    return tuple(names[int(each)] for each in found if each.isdecimal() and int(each) in names)


def _currencies(rows: Sequence[Row]) -> tuple[VtigerCurrency, ...]:
    return tuple(
        VtigerCurrency(
            id=text(row, "id"),
            code=text(row, "currency_code"),
            rate=parse_amount(row.get("conversion_rate")),
            base=text(row, "defaultid") == BASE_CURRENCY,
        )
        for row in rows
        if text(row, "deleted") in ("", "0")
    )


# -- the API user ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VtigerUser:
    """The API user's settings that Vtiger applies to amounts on the way in. `decimals` is None where never set."""

    user_id: str
    name: str
    currency_id: str
    decimals: int | None
    decimal_separator: str
    is_admin: bool


def read_user_settings(client: VtigerClient) -> VtigerUser | None:
    """Read the API user's own settings; None where it may not see them, as all but administrators."""
    user_id = client.session.user_id
    try:
        rows = client.query(select("Users", (), where=f"user_name = {quote(client.session.username)}"))
    except (AuthError, NotModelledError):
        # Whatever the words, only administrators get past here, and the check is a courtesy.
        return None
    row = next((each for each in rows if text(each, "id") == user_id), None)
    if row is None:
        return None
    decimals = text(row, "no_of_currency_decimals").strip()
    return VtigerUser(
        user_id=text(row, "id"),
        name=text(row, "user_name"),
        currency_id=text(row, "currency_id"),
        decimals=int(decimals) if decimals.isdecimal() else None,
        decimal_separator=unescape(text(row, "currency_decimal_separator")),
        is_admin=text(row, "is_admin") == "on",
    )


def user_findings(user: VtigerUser | None, reference: VtigerReference) -> tuple[Finding, ...]:
    """Say which of the API user's settings would change amounts on the way into Vtiger.

    Vtiger rounds money fields to the user's decimals (none set means whole units) and converts them from the user's
    currency. Nothing is said of a user whose settings cannot be read.
    """
    if user is None:
        return ()
    found = []
    currency = reference.currency(user.currency_id)
    if currency is None or not currency.base:
        shown = currency.code if currency else user.currency_id or "none"
        found.append(
            finding(
                Code.RUN_VTIGER_USER,
                f"The Vtiger user {user.name!r} has the currency {shown}, not the base currency "
                f"{reference.base_currency}: Vtiger would convert the prices it is sent.",
                field="currency_id",
            )
        )
    if user.decimals is None or user.decimals < LEAST_DECIMALS:
        shown = "no number of decimals" if user.decimals is None else f"{user.decimals} decimals"
        found.append(
            finding(
                Code.RUN_VTIGER_USER,
                f"The Vtiger user {user.name!r} has {shown} set for amounts: Vtiger would round cents away.",
                field="no_of_currency_decimals",
            )
        )
    if user.decimal_separator not in ("", "."):
        found.append(
            finding(
                Code.RUN_VTIGER_USER,
                f"The Vtiger user {user.name!r} writes decimals with {user.decimal_separator!r}: "
                "Vtiger would misread amounts.",
                field="currency_decimal_separator",
            )
        )
    return tuple(found)

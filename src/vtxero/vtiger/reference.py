"""Reads what Vtiger knows besides its records: modules, taxes, currencies, and the API user's own settings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.money import parse_amount
from vtxero.domain.reference import (
    VtigerCurrency,
    VtigerField,
    VtigerModule,
    VtigerReference,
    VtigerTax,
)
from vtxero.domain.text import mended, unescape
from vtxero.errors import AuthError, NotModelledError
from vtxero.vtiger.access import Edition
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.listing import lists_of
from vtxero.vtiger.paging import quote, select
from vtxero.vtiger.rows import Row, number_of, text

MODULES = ("Accounts", "Contacts", "Products", "Services", "Invoice", "LineItem", "Payments")
"""The modules that are described where the instance has them. The open-source edition has no Payments."""

LINE_ACCOUNT = "xero_account"
"""The ledger account of a line, where Vtiger's own Xero extension for the cloud edition has made the field."""

BASE_CURRENCY = "-11"
"""`defaultid` of the base currency."""

CHARGE_TAX_SUM = "hdnS_H_Percent"
"""The cloud edition keeps the tax on charges here, and shows nothing else of it. The name is misleading, and in the
open-source edition the value is too: there it may be the charge itself."""

LEAST_DECIMALS = 2
_CHARGE_TAX = re.compile(r"(?P<charge>.+)_shtax\d+\Z")


def read_reference(client: VtigerClient) -> VtigerReference:
    """Read all reference data: one call for the list of modules, one for each module, two and more for the lists.

    Raises:
        AuthError: the user may not see taxes or currencies.
    """
    types = set(client.list_types())
    described = {name: client.describe(name) for name in MODULES if name in types}
    charge_taxes = _charge_taxes(described.get("Invoice", {}))
    return VtigerReference(
        instance=client.address.base,
        version=client.session.version,
        user_id=client.session.user_id,
        page_url=client.address.page_url,
        modules=_with_line_labels({name: _module(name, answer) for name, answer in described.items()}, client.edition),
        taxes=_taxes(_all(client, "Tax")),
        currencies=_currencies(_all(client, "Currency")),
        charge_taxes=charge_taxes,
        charge_tax_sum=CHARGE_TAX_SUM if client.edition is Edition.CLOUD and not charge_taxes else "",
    )


def _all(client: VtigerClient, module: str) -> list[Row]:
    return [row for page in lists_of(client).by_id(module, ()) for row in page]


# -- describe --------------------------------------------------------------------------------------------------


def _module(name: str, answer: Mapping[str, Any]) -> VtigerModule:
    return VtigerModule(
        name=name,
        id_prefix=text(answer, "idPrefix"),
        fields=tuple(_field(each) for each in _fields(answer)),
        createable=bool(answer.get("createable", True)),
        updateable=bool(answer.get("updateable", True)),
    )


def _with_line_labels(modules: dict[str, VtigerModule], edition: Edition) -> dict[str, VtigerModule]:
    """Give the cloud's lines the labels that people see.

    LineItem is a plain table, whose labels are its columns' names; Invoice describes the columns of its lines too, as
    `xero_account` of Vtiger's Xero extension with its label `Xero Sales Account`.
    """
    header, lines = modules.get("Invoice"), modules.get("LineItem")
    if edition is not Edition.CLOUD or header is None:
        return modules
    own = lines.fields if lines else ()
    known = {field.name for field in own}
    labelled = [field if field.name == "id" else header.field(field.name) or field for field in own]
    labelled += [field for field in header.fields if field.name == LINE_ACCOUNT and field.name not in known]
    module = replace(lines, fields=tuple(labelled)) if lines else VtigerModule("LineItem", "", tuple(labelled))
    return {**modules, "LineItem": module}


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
        label=_label(answer, "label"),
        kind=text(details, "name"),
        mandatory=answer.get("mandatory") in (True, "1", 1, "true"),
        choices=tuple(mended(text(each, "value")) for each in choices) if isinstance(choices, Sequence) else (),
    )


def _label(row: Mapping[str, Any], name: str) -> str:
    """Give a text for people: without the entities that Vtiger leaves in it, and storable."""
    return mended(unescape(text(row, name)))


def _charge_taxes(answer: Mapping[str, Any]) -> dict[str, str]:
    """Find the taxes on charges: a field for each charge, and one for each of its taxes, labelled `<charge> <tax>`."""
    labels = {text(each, "name"): _label(each, "label") for each in _fields(answer)} if answer else {}
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
            label=_label(row, "taxlabel"),
            rate=parse_amount(row.get("percentage")),
            method=text(row, "method") or "Simple",
            compound_on=_compound_on(row.get("compoundon"), names),
        )
        for row in live
    )


def _compound_on(written: Any, names: Mapping[int, str]) -> tuple[str, ...]:
    """Read the list of tax numbers, which the open-source edition keeps as JSON text (`["4"]`), as fields."""
    try:
        numbers = json.loads(unescape(written) or "[]") if isinstance(written, str) else written
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
    row = client.session.user or _listed_user(client)
    if not row or "currency_id" not in row:
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


def _listed_user(client: VtigerClient) -> Row | None:
    """Look the user up among all users, which administrators may."""
    try:
        rows = client.query(select("Users", (), where=f"user_name = {quote(client.session.username)}"))
    except (AuthError, NotModelledError):
        # Whatever the words, only administrators get past here, and the check is a courtesy.
        return None
    return next((each for each in rows if text(each, "id") == client.session.user_id), None)


def user_findings(user: VtigerUser | None, reference: VtigerReference) -> tuple[Finding, ...]:
    """Say which of the API user's settings would change amounts on the way into Vtiger.

    Vtiger rounds money fields to the user's decimals (none set means whole units) and converts them from the user's
    currency. Nothing is said of a user whose settings cannot be read.
    """
    if user is None:
        return ()
    found = []
    # By its number: a user's own record may hold that alone.
    number = number_of(user.currency_id)
    currency = next((each for each in reference.currencies if number_of(each.id) == number), None)
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

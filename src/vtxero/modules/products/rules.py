"""Rules of products: codes, names, accounts, and which of them cross at all."""

from __future__ import annotations

from dataclasses import dataclass

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, note
from vtxero.domain.lookups import Lookups
from vtxero.domain.money import places
from vtxero.domain.options import ProductOptions
from vtxero.domain.reference import XeroReference
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.domain.words import called, quoted
from vtxero.modules.products.record import Product
from vtxero.rules.accounts import account_problem
from vtxero.rules.taken import keeper
from vtxero.rules.texts import kept_otherwise, unstorable_findings

MODULE = "products"
XERO_CODE, XERO_NAME, XERO_DESCRIPTION = 30, 50, 4000
"""Xero's lengths (developer.xero.com: Accounting API, Items)."""
PRICE_PLACES = 4
"""Xero keeps four decimals of a price, with unitdp=4."""
_TEXTS = {
    "code": Code.TEXT_UNSUPPORTED,
    "name": Code.TEXT_UNSUPPORTED,
    "description": Code.TEXT_UNSUPPORTED,
    "sales_account": Code.PRD_ACCOUNT,
    "purchase_account": Code.PRD_ACCOUNT,
    "tax": Code.PRD_TAX,
}
"""The texts that a service may keep otherwise than they were sent, and what it means if it does."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Which products cross: the active ones by themselves, others when an invoice needs them, the placeholder never."""

    options: ProductOptions
    placeholder: str

    def findings(self, record: Product) -> tuple[Finding, ...]:
        """Say why a product is never made in Xero."""
        names = {match_key(record.name), match_key(record.code)} - {""}
        if not self.placeholder or match_key(self.placeholder) not in names:
            return ()
        message = f"{quoted(self.placeholder)} stands for Xero's lines without an item and never crosses itself."
        return (finding(Code.PRD_PLACEHOLDER, message),)

    def spare(self, record: Product) -> tuple[Finding, ...]:
        """Say why a product that no invoice needs is not made in Xero."""
        if record.active or self.options.inactive:
            return ()
        return (finding(Code.PRD_INACTIVE),)


def xero_code_findings(record: Product) -> tuple[Finding, ...]:
    """Say why Xero would not take this code and name."""
    found: list[Finding] = []
    if not record.code:
        found.append(finding(Code.PRD_CODE, field="code"))
    if len(record.code) > XERO_CODE:
        message = f"The code {quoted(record.code)} has {len(record.code)} characters, Xero holds {XERO_CODE}."
        found.append(finding(Code.PRD_CODE_LONG, message, field="code"))
    if len(record.name) > XERO_NAME:
        message = f"The name {quoted(record.name)} has {len(record.name)} characters, Xero holds {XERO_NAME}."
        found.append(finding(Code.PRD_NAME_LONG, message, field="name"))
    return tuple(found)


def vtiger_text_findings(field: str, text: str, limit: int) -> tuple[Finding, ...]:
    """Say why Vtiger would not keep this name or code: emoji become ????, scripts are escaped, and the column cuts."""
    found = unstorable_findings(text, field, field=field)
    if len(text) > limit:
        message = f"The {field} has {len(text)} characters, Vtiger holds {limit}."
        found.append(finding(Code.TEXT_UNSUPPORTED, message, field=field))
    return tuple(found)


def find_code(xero: XeroReference, text: str, field: str) -> tuple[str, tuple[Finding, ...]]:
    """Find the code of the account that Vtiger or the config names as `text`; blank is no account, and no fault."""
    if not text.strip():
        return "", ()
    account = xero.find_account(text)
    problem = account_problem(account, text)
    if account is None or problem:
        return "", (finding(Code.PRD_ACCOUNT, problem or "", field=field),)
    return account.code, ()


def same_name_findings(wanted: Product, found: Product) -> tuple[Finding, ...]:
    """Say that an item of the same name is another one: it has a code of its own, and so has the product."""
    if not wanted.code or match_key(wanted.code) == match_key(found.code):
        return ()
    codes = f"{quoted(found.code)} and not {quoted(wanted.code)}"
    message = f"Xero's item of the same name, {quoted(found.name)}, has the code {codes}."
    remedy = "Give both the same code if they are the same product, or different names if they are not."
    return (finding(Code.AMBIGUOUS, message, field="code", remedy=remedy),)


def taken_findings(lookups: Lookups, wanted: Product, current: Product) -> tuple[Finding, ...]:
    """Say that a changed code is that of an item with a product of its own, unless that one gives it up."""
    item = keeper(lookups, MODULE, "code", wanted, current)
    if item is None:
        return ()
    message = f"Xero's item {quoted(item.name or item.code)} has the code {quoted(item.code)} already."
    return (finding(Code.PRD_CODE_TAKEN, message, field="code"),)


def answer_findings(wanted: Product, answered: Product, side: Side) -> tuple[Finding, ...]:
    """Note what the service kept otherwise than it was sent. Prices are no totals: rounding is noted, not refused."""
    service = side.label
    found = [
        kept_otherwise(code, (MODULE, field), service, kept, sent)
        for field, code in _TEXTS.items()
        if (sent := getattr(wanted, field)) and (kept := getattr(answered, field)) != sent
    ]
    for field in ("sales_price", "purchase_price"):
        sent, kept = getattr(wanted, field), getattr(answered, field)
        if sent and kept != sent:
            shown = f"{kept:f}" if kept is not None else "no price"
            message = f"{called(MODULE, field)}: {service} keeps {shown} for {sent:f} ({places(sent)} decimals)."
            found.append(note(Code.DECIMALS, message, field=field))
    return tuple(found)

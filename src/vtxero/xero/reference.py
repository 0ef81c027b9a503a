"""Reads Xero's reference data: organisation, chart of accounts, tax rates, currencies. Four calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from vtxero.domain.money import ZERO, canon
from vtxero.domain.reference import LedgerAccount, TaxComponent, XeroOrganisation, XeroReference, XeroTaxRate
from vtxero.errors import NotModelledError
from vtxero.rules.taxes import effective_rate
from vtxero.xero.client import XeroClient
from vtxero.xero.endpoints import ACCOUNTS, CURRENCIES, ORGANISATION, TAX_RATES, Operation
from vtxero.xero.wire import mended_json, parse_moment

M = TypeVar("M", bound="_Answer")

CLASSES = ("ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE")


def _day(value: Any) -> Any:
    """Take the date of `/Date(ms+0000)/` or ISO: the organisation's midnight, written as if it were UTC."""
    moment = parse_moment(value)
    return moment.date() if moment else value or None


Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
Flag = Annotated[bool, BeforeValidator(lambda value: False if value is None else value)]
Rate = Annotated[Decimal, BeforeValidator(lambda value: ZERO if value is None else value)]
Day = Annotated[date | None, BeforeValidator(_day)]


class _Wire(BaseModel):
    """Base of Xero's shapes: what vtxero does not need is not read."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Organisation(_Wire):
    """developer.xero.com/documentation/api/accounting/organisation."""

    organisation_id: str = Field(alias="OrganisationID")
    name: Text = Field(alias="Name")
    base_currency: str = Field(alias="BaseCurrency", min_length=3)
    country: Text = Field("", alias="CountryCode")
    short_code: Text = Field("", alias="ShortCode")
    period_lock_on: Day = Field(None, alias="PeriodLockDate")
    year_lock_on: Day = Field(None, alias="EndOfYearLockDate")


class _Account(_Wire):
    """developer.xero.com/documentation/api/accounting/accounts."""

    code: Text = Field("", alias="Code")
    account_id: Text = Field("", alias="AccountID")
    name: Text = Field("", alias="Name")
    kind: Text = Field("", alias="Type")
    klass: Text = Field("", alias="Class")
    status: Text = Field("ACTIVE", alias="Status")
    tax_type: Text = Field("", alias="TaxType")
    takes_payments: Flag = Field(False, alias="EnablePaymentsToAccount")
    system: Text = Field("", alias="SystemAccount")

    def to_domain(self) -> LedgerAccount:
        return LedgerAccount(
            code=self.code,
            account_id=self.account_id.lower(),
            name=self.name,
            kind=self.kind,
            klass=self.klass,
            active=self.status == "ACTIVE",
            tax_type=self.tax_type,
            # A bank account takes payments though its flag says no (recorded).
            takes_payments=self.takes_payments or self.kind == "BANK",
            system=self.system,
        )


class _Component(_Wire):
    name: Text = Field("", alias="Name")
    rate: Rate = Field(ZERO, alias="Rate")
    compound: Flag = Field(False, alias="IsCompound")


class _TaxRate(_Wire):
    """developer.xero.com/documentation/api/accounting/taxrates. Samples there show numbers and booleans as text."""

    name: Text = Field("", alias="Name")
    tax_type: str = Field(alias="TaxType")
    status: Text = Field("ACTIVE", alias="Status")
    effective_rate: Decimal | None = Field(None, alias="EffectiveRate")
    shown_rate: Decimal | None = Field(None, alias="DisplayTaxRate")
    components: tuple[_Component, ...] | None = Field(None, alias="TaxComponents")
    assets: bool | None = Field(None, alias="CanApplyToAssets")
    equity: bool | None = Field(None, alias="CanApplyToEquity")
    expenses: bool | None = Field(None, alias="CanApplyToExpenses")
    liabilities: bool | None = Field(None, alias="CanApplyToLiabilities")
    revenue: bool | None = Field(None, alias="CanApplyToRevenue")

    def to_domain(self) -> XeroTaxRate:
        parts = tuple(TaxComponent(part.name, canon(part.rate), part.compound) for part in self.components or ())
        rate = self.effective_rate if self.effective_rate is not None else self.shown_rate
        if rate is None:
            rate = effective_rate((part.rate, part.compound) for part in parts)
        return XeroTaxRate(
            name=self.name,
            tax_type=self.tax_type,
            effective_rate=canon(rate),
            components=parts,
            active=self.status not in {"DELETED", "ARCHIVED"},
            applies_to=self._classes(),
        )

    def _classes(self) -> frozenset[str]:
        """Give the account classes; where Xero tells none of the flags, Xero itself has to judge."""
        flags = (self.assets, self.equity, self.expenses, self.liabilities, self.revenue)
        if all(flag is None for flag in flags):
            return frozenset(CLASSES)
        return frozenset(klass for klass, flag in zip(CLASSES, flags, strict=True) if flag)


class _Currency(_Wire):
    code: str = Field(alias="Code", min_length=3)


class _Answer(_Wire):
    pass


class _Organisations(_Answer):
    items: list[_Organisation] = Field(alias="Organisations", min_length=1, max_length=1)


class _Accounts(_Answer):
    items: list[_Account] = Field(alias="Accounts")


class _TaxRates(_Answer):
    items: list[_TaxRate] = Field(alias="TaxRates")


class _Currencies(_Answer):
    items: list[_Currency] = Field(alias="Currencies")


def read_reference(client: XeroClient) -> XeroReference:
    """Read all reference data of the Xero side.

    Raises:
        AuthError, TemporaryError, BudgetError, NotModelledError: as `RowSource` says.
    """
    organisation = _get(client, ORGANISATION, _Organisations).items[0]
    accounts = _get(client, ACCOUNTS, _Accounts).items
    tax_rates = _get(client, TAX_RATES, _TaxRates).items
    currencies = _get(client, CURRENCIES, _Currencies).items
    return XeroReference(
        organisation=XeroOrganisation(**organisation.model_dump()),
        accounts=tuple(account.to_domain() for account in accounts),
        tax_rates=tuple(rate.to_domain() for rate in tax_rates),
        currencies=tuple(currency.code for currency in currencies),
    )


def _get(client: XeroClient, operation: Operation, model: type[M]) -> M:
    return client.read(operation, _reader(operation, model))


def _reader(operation: Operation, model: type[M]) -> Callable[[bytes], M]:
    """Give a parser that tells an answer that is no JSON, sent again, from one of a new shape, reported.

    Half a character in a name is replaced: these names are shown and compared, and never sent back.
    """

    def read(body: bytes) -> M:
        try:
            return model.model_validate_json(body)
        except ValidationError as error:
            if error.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid":
                body = mended_json(body)
        try:
            return model.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise NotModelledError(
                f"{operation}: Xero's answer has an unknown form: {place}: {first['msg']}."
            ) from None

    return read

"""A service that forgets: its clock stands until a test moves it, and what it holds can be kept and put back."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chain.company import Company, line


def stop_clock(stand_in: Any) -> None:
    """Let a stand-in's time stand still, on a morning."""
    moment = datetime(2026, 11, 2, 8, tzinfo=UTC)
    stand_in.clock = lambda: moment


def let_pass(stand_in: Any, **time: float) -> None:
    moment = stand_in.clock() + timedelta(**time)
    stand_in.clock = lambda: moment


def sell(company: Company) -> None:
    """Enter a customer, a product and a sale in Vtiger; the company knows them as account, item and first."""
    company.account, company.item = company.organization(accounttype="Customer"), company.product()
    company.first = company.invoice(company.account, line(company.item))


def kept(stand_in: Any, names: Iterable[str]) -> dict[str, Any]:
    """Copy what a stand-in holds under these names."""
    return copy.deepcopy({name: getattr(stand_in, name) for name in names})


def put_back(stand_in: Any, copied: Mapping[str, Any]) -> None:
    """Let a stand-in hold that copy again; the copy itself stays as it is."""
    for name, value in copy.deepcopy(dict(copied)).items():
        setattr(stand_in, name, value)

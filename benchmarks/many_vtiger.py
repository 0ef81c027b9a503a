"""Vtiger's stand-in, and in front of it many invoices that are made while they are read.

A customer for each ten of them lies in the stand-in itself, and so do the products.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from vtxero.sandbox.vtiger import VtigerState, operations, query, records, vtql
from vtxero.sandbox.vtiger import create_app as vtiger_app
from vtxero.sandbox.vtiger.hands import person

SAMPLES = 50
LINES = 5
PRODUCTS = 40
FIRST_INVOICE = 1_000_000
"""Their ids begin above those of the records that the stand-in holds."""
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
FACE = "%Y-%m-%d %H:%M:%S"


def vtiger_with_many(count: int) -> Any:
    """Make an ASGI app that answers queries for invoices and lines itself, and leaves the rest to the stand-in."""
    state = VtigerState.sample_empty()
    accounts = [_account(state, n) for n in range(max(1, count // 10))]
    goods = [state.add("Products", _product(n)) for n in range(PRODUCTS)]
    samples = [_sample(state, accounts[0], goods, n) for n in range(SAMPLES)]
    return _Many(vtiger_app(state), _Rows(state, samples, accounts, count))


def _account(state: VtigerState, number: int) -> str:
    """Make a customer; the names are new ones, so the stand-in need not compare each with all others."""
    fields = {"accountname": f"Customer {number:05}", "assigned_user_id": "19x1"}
    return state.wire_id(records.new_record(state, person(state), state.modules["Accounts"], fields))


def _product(number: int) -> dict[str, str]:
    return {"productname": f"Part {number}", "productcode": f"PART-{number:03}", "unit_price": "10"}


def _sample(state: VtigerState, account: str, goods: list[str], number: int) -> str:
    lines = [
        {
            "productid": goods[(number + place) % PRODUCTS],
            "quantity": str(number % 7 + 1),
            "listprice": f"{(number + place) % 90 + 10}.{number:02}",
            "comment": f"Part {place} for job {number}, as agreed",
        }
        for place in range(LINES)
    ]
    element = {
        "subject": f"Delivery {number}",
        "account_id": account,
        "assigned_user_id": "19x1",
        "bill_street": "1 Road",
        "ship_street": "1 Road",
        "invoicedate": (FIRST + timedelta(days=number)).strftime("%Y-%m-%d"),
        "duedate": (FIRST + timedelta(days=number + 20)).strftime("%Y-%m-%d"),
        "invoicestatus": "Approved",
        "hdnTaxType": "individual",
        "currency_id": "21x1",
        "conversion_rate": "1",
        "productid": lines[0]["productid"],
        "LineItems": lines,
    }
    create = operations.find("create").handler
    assert create
    return str(create(state, person(state), {"elementType": "Invoice", "element": json.dumps(element)})["id"])


class _Many:
    def __init__(self, app: Any, rows: _Rows) -> None:
        self._app = app
        self._rows = rows

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        asked = dict(parse_qsl(scope.get("query_string", b"").decode()))
        found = self._rows.answer(asked["query"]) if asked.get("operation") == "query" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").encode()
        headers = [(b"content-type", b"application/json"), (b"date", now)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        body = json.dumps({"success": True, "result": found}).encode()
        await send({"type": "http.response.body", "body": body})


class _Rows:
    """Invoice n has the id FIRST_INVOICE + n, the lines from there times LINES on, and the time FIRST + n seconds."""

    def __init__(self, state: VtigerState, samples: list[str], accounts: list[str], count: int) -> None:
        self._state, self._samples, self._accounts, self._count = state, samples, accounts, count
        self._shown = cache(self._show)

    def answer(self, text: str) -> list[dict[str, Any]] | None:
        """Answer a query for invoices or lines, as vtxero asks it; None for any other."""
        asked = vtql.parse(text)
        if asked.module == "Invoice":
            return [self._invoice(asked.fields, n) for n in self._numbers(asked)]
        return list(self._lines(asked)) if asked.module == "LineItem" else None

    def _numbers(self, asked: vtql.Query) -> range | list[int]:
        conditions = [each for group in asked.alternatives for each in group]
        if not conditions:
            return range(min(asked.limit, self._count))
        first = conditions[0]
        if first.field == "id" and first.operator == "IN":
            return [n for n in map(_number, first.values) if 0 <= n < self._count]
        if first.field == "id":
            begin = _number(first.values[0]) + 1
        else:
            moment = datetime.strptime(first.values[0], FACE).replace(tzinfo=UTC)
            begin = max(0, int((moment - FIRST).total_seconds()) + (first.operator == "GT"))
        return range(begin, min(begin + asked.limit, self._count))

    def _invoice(self, fields: tuple[str, ...], number: int) -> dict[str, Any]:
        row = self._shown("Invoice", fields, number % SAMPLES)[0]
        modified = (FIRST + timedelta(seconds=number)).strftime(FACE)
        own = {
            "id": f"7x{FIRST_INVOICE + number}",
            "invoice_no": f"BIG{number}",
            "account_id": self._accounts[number % len(self._accounts)],
            "modifiedtime": modified,
            "createdtime": modified,
        }
        return row | {name: value for name, value in own.items() if name in row}

    def _lines(self, asked: vtql.Query) -> Iterator[dict[str, Any]]:
        rows = (row for group in asked.alternatives for row in self._lines_of(asked.fields, group))
        for _, row in zip(range(asked.limit), rows, strict=False):
            yield row

    def _lines_of(self, fields: tuple[str, ...], group: tuple[vtql.Condition, ...]) -> Iterator[dict[str, Any]]:
        after = next((int(each.values[0].partition("x")[2]) for each in group if each.field == "id"), 0)
        for number in sorted(_number(each) for each in group[0].values):
            for place, row in enumerate(self._shown("LineItem", fields, number % SAMPLES)):
                line_id = (FIRST_INVOICE + number) * LINES + place
                if line_id > after:
                    yield row | {"id": f"33x{line_id}", "parent_id": f"7x{FIRST_INVOICE + number}"}

    def _show(self, module: str, fields: tuple[str, ...], sample: int) -> list[dict[str, Any]]:
        column = "id" if module == "Invoice" else "parent_id"
        text = f"select {','.join(fields) or '*'} from {module} where {column} = '{self._samples[sample]}' order by id;"
        return query.run(self._state, person(self._state), self._state.modules[module], text)


def _number(record_id: str) -> int:
    return int(record_id.strip("'").partition("x")[2]) - FIRST_INVOICE

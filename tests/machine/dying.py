"""Ending the process at a chosen point of a run: at a write, in one of four ways."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from machine.nearby import Nearby
from machine.wires import Reply, Request
from vtxero.store import SqliteState

WAYS = ("before it leaves", "half of it committed", "all committed, no reply", "replied, not noted")

Forward = Callable[[Request], Reply]


class Killed(BaseException):
    """The process dies here: nothing of ours runs any more, files stay as they are."""


class LosesLines(random.Random):
    """A Vtiger whose parallel writers overwrite each other: this invoice keeps its header and loses a line."""

    def random(self) -> float:
        return 0.1


@contextmanager
def dying_at(company: Nearby, number: int, way: str) -> Iterator[list[bool]]:
    """Die at the write with this number, counted from 0; tells whether there was such a point."""
    died = list[bool]()
    with at_note(number) if way == WAYS[3] else _at_request(company, number, way):
        try:
            yield died
        except Killed:
            died.append(True)


@contextmanager
def _at_request(company: Nearby, number: int, way: str) -> Iterator[None]:
    seen = 0

    def gate(request: Request, forward: Forward) -> Reply:
        nonlocal seen
        is_it = request.may_write and seen == number
        seen += request.may_write
        if not is_it:
            return forward(request)
        if way == WAYS[1]:
            commit_half(company, request, forward)
        elif way == WAYS[2]:
            forward(request)
        raise Killed

    company.net.gate, old = gate, company.net.gate
    try:
        yield
    finally:
        company.net.gate = old


def can_be_halved(request: Request) -> bool:
    """Tell whether a write is made of parts that can be committed one without the other."""
    if request.side == "vtiger":
        return b"elementType=Invoice" in request.body and request.body.count(b"productid") > 2
    return len(next(iter(json.loads(request.body).values()))) > 1


def commit_half(company: Nearby, request: Request, forward: Forward) -> None:
    if not can_be_halved(request):
        forward(request)
        return
    if request.side == "vtiger":
        company.vtiger.lose_lines = LosesLines()
        forward(request)
        company.vtiger.lose_lines = None
        return
    headers = {key: value for key, value in request.headers.items() if key.lower() != "idempotency-key"}
    forward(replace(request, body=first_half(request.body), headers=headers))


def first_half(body: bytes) -> bytes:
    """Leave half of the elements in a request to Xero."""
    [(name, elements)] = json.loads(body).items()
    return json.dumps({name: elements[: len(elements) // 2]}).encode()


@contextmanager
def at_note(number: int, died: list[str] | None = None) -> Iterator[None]:
    """Die when the answers of this batch of writes are in and about to be committed."""
    seen = 0
    close = SqliteState.close_intents

    def closing(state: SqliteState, ids: list[int]) -> None:
        nonlocal seen
        seen += 1
        if seen == number + 1:
            if died is not None:
                died.append(WAYS[3])
            raise Killed
        close(state, ids)

    with patch.object(SqliteState, "close_intents", closing):
        yield

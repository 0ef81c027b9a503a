"""Keeps every distinct shape of answer that the Xero stand-in gives, a few elements of each, and judges them.

As a pytest plugin (`pytest -p openapi.recorder`) it listens to a whole test run in this process, and fails the run when
an answer is not as Xero's file has it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from openapi.specification import DESCRIBED, UNDESCRIBED, VARIABLE, Specification, find_file, signature

A_FEW = 3
PREFIX = "/api.xro/2.0/"
COLLECTIONS = (
    "Contacts", "Invoices", "Items", "Payments", "Accounts", "TaxRates", "Currencies", "Organisation", "CreditNotes",
    "Overpayments", "Prepayments", "TrackingCategories", "BrandingThemes", "ContactGroups", "Users", "BatchPayments",
    "InvoiceReminders",
)  # fmt: skip
SUBJECTS = ("Actions", "Allocations", "Attachments", "Contacts", "Email", "History", "OnlineInvoice", "Options")
BELOW = {name.lower(): name for name in SUBJECTS}
SPELT = {name.lower(): name for name in COLLECTIONS}


@dataclass
class Recorder:
    """The shapes seen so far: what was asked, the status, the type, and the answer cut down to its new elements."""

    kept: list[tuple[str, str, int, str, str]] = field(default_factory=list)
    odd: Counter = field(default_factory=Counter)
    _seen: Counter = field(default_factory=Counter)

    def hear(self, method: str, path: str, status: int, text: str, content_type: str) -> None:
        """Take an answer in; what has been seen often enough is let go."""
        place = _place(path)
        if place is None:
            return
        if status not in DESCRIBED:
            self.odd[status] += 1
            return
        body = json.loads(text) if text else None
        cut = self._cut((method, place.count("/"), place.split("/")[1], status), body)
        if cut is not None:
            self.kept.append((method, place, status, json.dumps(cut) if text else "", content_type))

    def _cut(self, asked: tuple, body: Any) -> Any:
        """Leave of each list the elements with a shape seen fewer than a few times; None when nothing is new."""
        if not isinstance(body, dict):
            return body if self._is_new(asked, signature(body)) else None
        lists = {name: value for name, value in body.items() if isinstance(value, list)}
        shown = {name: [one for one in value if self._is_new((*asked, name), signature(one))]
                 for name, value in lists.items()}  # fmt: skip
        outside = self._is_new(asked, signature({**body, **{name: bool(value) for name, value in lists.items()}}))
        return {**body, **shown} if outside or any(shown.values()) else None

    def _is_new(self, asked: tuple, shape: str) -> bool:
        self._seen[asked, shape] += 1
        return self._seen[asked, shape] <= A_FEW

    def verdicts(self, specification: Specification) -> list[str]:
        """Judge everything kept; gives one line for each fault and operation."""
        found: Counter = Counter()
        for method, path, status, text, kind in self.kept:
            for fault in specification.faults(method, path, status, text, kind):
                found[f"{method} /{path.split('/')[1]} {status} {fault}"] += 1
        found.update(
            {f"status {status} is neither described nor excused": 1 for status in set(self.odd) - {*UNDESCRIBED}}
        )
        return sorted(found)


def _place(path: str) -> str | None:
    """Spell a path of the accounting API as the file does; None for other paths, and where nothing is served."""
    if not path.lower().startswith(PREFIX):
        return None
    name, *rest = path[len(PREFIX) :].strip("/").split("/")
    if name.lower() not in SPELT or (len(rest) > 1 and rest[1].lower() not in BELOW):
        return None
    rest = [BELOW.get(part.lower(), part) for part in rest]
    return "/" + "/".join([SPELT[name.lower()], *rest])


def listen(recorder: Recorder) -> None:
    """Have every stand-in of this process tell the recorder."""
    from vtxero.sandbox.xero import app

    send = app._send

    async def told(answer, asked, scope, receive, send_on):
        if not answer.raw:  # a file is nothing that the file of shapes describes
            recorder.hear(asked.method, asked.path, answer.status, answer.text, answer.content_type)
        await send(answer, asked, scope, receive, send_on)

    app._send = told


def pytest_configure(config):
    config.openapi_recorder = Recorder()
    if find_file():
        listen(config.openapi_recorder)


def pytest_sessionfinish(session):
    path = find_file()
    recorder = session.config.openapi_recorder
    if path is None:
        recorder.said = [f"skipped: {VARIABLE} names no file"]
        return
    faults = recorder.verdicts(Specification(path))
    recorder.said = [f"{len(recorder.kept)} answers judged, {len(faults)} faults", *faults]
    if faults:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter, config):
    terminalreporter.section("Xero's OpenAPI file")
    for line in config.openapi_recorder.said:
        terminalreporter.line(line)

"""vtxero's own client and source on a Vtiger under test, and the steps they are given."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from contract.vtiger.calling import Books
from vtxero.domain.reference import VtigerReference
from vtxero.sync.records import Accepted, Refused
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.reference import read_reference
from vtxero.vtiger.source import VtigerSource


def has_charge(header: Mapping[str, object], _lines: Sequence[Mapping[str, object]], _: VtigerReference) -> bool:
    """Ask for the record itself where there is a charge."""
    return float(str(header["hdnS_H_Amount"])) != 0


class Rows:
    """A source, and what was written through it in the books' list of things to remove."""

    def __init__(self, books: Books, client: VtigerClient) -> None:
        self.books = books
        self.client = client

    @cached_property
    def reference(self) -> VtigerReference:
        return read_reference(self.client)

    @cached_property
    def source(self) -> VtigerSource:
        return VtigerSource(self.client, self.reference, needs_retrieve=has_charge)

    def write(self, module: str, *steps: tuple[str, str, Mapping[str, Any]]) -> Accepted | Refused:
        payload = {"steps": [{"op": op, "module": name, "element": element} for op, name, element in steps]}
        [answer] = self.source.create(module, [payload], "key")
        return answer

    def written(self, module: str, *steps: tuple[str, str, Mapping[str, Any]]) -> dict[str, Any]:
        """Write, and give the one row that was read again."""
        answer = self.write(module, *steps)
        assert isinstance(answer, Accepted), answer
        assert answer.warnings == ()
        [row] = json.loads(answer.raw)
        for part in ("account", "row", "header"):
            if part in row and row[part]["id"] not in self.books.made:
                self.books.keep(row[part])
        for person in row.get("contacts", ()):
            if person["id"] not in self.books.made:
                self.books.keep(person)
        return row

    def read(self, module: str, *ids: str) -> list[dict[str, Any]]:
        return [row for page in self.source.fetch_ids(module, ids) for row in json.loads(page.raw)]

    def since(self, module: str, moment: str) -> list[dict[str, Any]]:
        pages = self.source.fetch(module, moment, lambda _: None)
        return [row for page in pages for row in json.loads(page.raw)]

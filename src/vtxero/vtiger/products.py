"""Reads products and services, each from the record itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vtxero.vtiger.columns import module_of
from vtxero.vtiger.composites import STAMP, Reader
from vtxero.vtiger.freshness import Freshness
from vtxero.vtiger.rows import Row, prefix_of, text


@dataclass(frozen=True, slots=True)
class ProductReader(Reader):
    """Products and Services, each retrieved: lists have neither taxes nor currency."""

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that this Vtiger has of the two."""
        return tuple(name for name in ("Products", "Services") if name in self.reference.modules)

    def everything(self, fresh: Freshness) -> Iterator[Row]:
        """Read all that are not proven unchanged, for each costs a call of its own, and the newest in any case.

        The newest shows that there are some, and how far the reading has come.
        """
        left_out: list[Row] = []
        newest = ""
        for module in self._some_module():
            for row in self._retrieved(module, self.lists.by_id(module, STAMP), fresh, left_out):
                newest = max(newest, text(row["row"], "modifiedtime"))
                yield row
        if left_out and text(left_out[0], "modifiedtime") > newest:
            yield from self.of_ids([text(left_out[0], "id")])

    def changed(self, moment: str, fresh: Freshness) -> Iterator[Row]:
        """Read the changed ones."""
        for module in self._some_module():
            yield from self._retrieved(module, self.lists.since(module, STAMP, moment), fresh, [])

    def of_ids(self, ids: Iterable[str]) -> Iterator[Row]:
        """Retrieve each."""
        for each in dict.fromkeys(ids):
            module = self._module_of(each)
            row = self.client.find(each) if module else None
            if row is not None:
                yield {"module": module, "row": row}

    def modified(self, ids: Sequence[str]) -> dict[str, str]:
        """Look both modules over, a hundred ids a call."""
        found: dict[str, str] = {}
        for module in self._some_module():
            own = [each for each in ids if self._module_of(each) == module]
            found |= self._times(module, own)
        return found

    def calls_to_read(self, number: int) -> int:
        """Each is retrieved."""
        return number

    def _some_module(self) -> tuple[str, ...]:
        return self.modules or (module_of(self.reference, "Products").name,)

    def _module_of(self, record_id: str) -> str:
        prefix = prefix_of(record_id)
        return next((name for name in self.modules if self.reference.modules[name].id_prefix == prefix), "")

    def _retrieved(
        self, module: str, pages: Iterator[list[Row]], fresh: Freshness, left_out: list[Row]
    ) -> Iterator[Row]:
        """Retrieve what may have changed; the newest of the others is kept in `left_out`."""
        for page in pages:
            for stamp in page:
                if fresh.is_unchanged(text(stamp, "id"), text(stamp, "modifiedtime")):
                    left_out[:] = [max([*left_out, stamp], key=_time)]
                    continue
                # It may have been deleted since the list was read.
                row = self.client.find(text(stamp, "id"))
                if row is not None:
                    yield {"module": module, "row": row}


def _time(row: Row) -> str:
    return text(row, "modifiedtime")

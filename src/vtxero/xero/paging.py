"""Reads every row of a list that changes while it is read, a page at a time, losing none.

Rows come in the order of UpdatedDateUTC. A row changed meanwhile moves to the end, and those behind it move up, so that
the next *number* of page begins one row too late. So the reading goes on by time instead: page 1 of what was modified
since the last row's second, less one. Only where a whole page lies within that second, or does not come in that order,
is the next number taken; the page before it is then read once more, and when it has changed, reading goes back to
page 1. A row changed meanwhile comes twice, the later state last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from vtxero.xero.endpoints import Endpoint
from vtxero.xero.wire import Element, Envelope, parse_moment, stamp

PAGE_SIZE = 1000
STEP_BACK = timedelta(seconds=1)

ReadPage = Callable[[str | None, int], Envelope]
"""Reads one page: If-Modified-Since (None for all), number from 1."""


@dataclass(slots=True)
class _Seen:
    """The rows given already that may come again: id and modification time."""

    id_field: str
    rows: set[tuple[str, str]] = field(default_factory=set)

    def fresh(self, elements: tuple[Element, ...]) -> list[Element]:
        """Keep those that were not given yet in this state, and note them."""
        found = []
        for element, key in zip(elements, self.keys(elements), strict=True):
            if key not in self.rows:
                self.rows.add(key)
                found.append(element)
        return found

    def keys(self, elements: tuple[Element, ...]) -> list[tuple[str, str]]:
        """Give what tells rows and their states apart."""
        return [(str(element.value.get(self.id_field)), modified_of(element)) for element in elements]

    def forget_before(self, moment: str) -> None:
        """Drop what cannot come again."""
        self.rows = {key for key in self.rows if key[1] >= moment}


def page_arguments(since: str | None, number: int | None) -> dict[str, str | int]:
    """Give the arguments of a read of one page, or of the whole list where Xero knows no pages (None)."""
    arguments: dict[str, str | int] = {}
    if number is not None:
        arguments |= {"page": number, "page_size": PAGE_SIZE, "order": "UpdatedDateUTC ASC"}
    if since:
        # Text, not a datetime: the SDK would write a zone, and Xero ignores the header in a form it does not know.
        arguments["if_modified_since"] = since
    return arguments


def modified_of(element: Element) -> str:
    """Give an element's modification time as vtxero keeps it, blank when Xero gave none."""
    moment = parse_moment(element.value.get("UpdatedDateUTC"))
    return stamp(moment) if moment else ""


def read_rows(endpoint: Endpoint, since: str | None, read: ReadPage) -> Iterator[list[Element]]:
    """Give all rows modified since, page by page, each state of a row once."""
    seen = _Seen(endpoint.id_field)
    number = 1
    before: list[tuple[str, str]] = []
    while True:
        page = read(since, number)
        again = read(since, number - 1).elements if number > 1 else ()
        fresh = seen.fresh(page.elements + again)
        if fresh:
            yield fresh
        if seen.keys(again) != before:
            number, before = 1, []
            continue
        if not page.elements or is_last(page) or seen.keys(page.elements) == before:
            # The page before once more, under a number of its own: some answer so behind the end of a list.
            return
        later = _step(page)
        if later and later > (since or ""):
            since, number, before = later, 1, []
            seen.forget_before(later)
        else:
            number, before = number + 1, seen.keys(page.elements)


def is_last(page: Envelope) -> bool:
    """Tell whether Xero's pagination block says that nothing follows; without one, an empty page is the end."""
    return page.page is not None and page.page_count is not None and page.page >= page.page_count


def _step(page: Envelope) -> str:
    """Give the time to go on from; blank where the rows do not come in its order, for then it would leave some out."""
    times = [parse_moment(element.value.get("UpdatedDateUTC")) for element in page.elements]
    known = [moment for moment in times if moment]
    if len(known) < len(times) or known != sorted(known):
        return ""
    return stamp(known[-1] - STEP_BACK)

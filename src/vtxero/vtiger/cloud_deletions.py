"""What the cloud edition's `sync` tells of deletions; a self-hosted Vtiger on PHP 8 dies of that operation.

It tells of a module what was changed, and the ids in the recycle bin, after a moment: all of one second in one answer,
about a hundred records, and whether there are more. Records purged from the bin are in none. Of other users' records it
tells administrators only. Source: the cloud facts of Vtiger's SDK, and GetUpdates.php of the open-source edition.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from vtxero.errors import AuthError, ConfigError, NotModelledError
from vtxero.sync.records import Deleted
from vtxero.vtiger.access import Edition
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.freshness import OVERLAP, less_overlap
from vtxero.vtiger.rows import Row, is_id, text

_log = logging.getLogger("vtxero.vtiger")

MODULES: Mapping[str, tuple[str, ...]] = {
    "contacts": ("Contacts",),
    "organizations": ("Accounts",),
    "products": ("Products", "Services"),
    "invoices": ("Invoice",),
    "payments": ("Payments",),
}
"""Vtiger's modules that hold the records of each of ours."""

_BEFORE = int(OVERLAP.total_seconds())
"""Seconds before the last change that was told of, in which another may have been committed since."""


def deleted_in_cloud(
    client: VtigerClient, known: Mapping[str, Any], module: str, since: str, place: str
) -> Deleted | None:
    """Ask what was deleted, of those of Vtiger's modules that are `known`. None where this Vtiger does not say.

    `since` is a time that Vtiger wrote, `place` what the last answer gave, blank at first.
    """
    names = [name for name in MODULES.get(module, ()) if name in known]
    if not names or client.edition is not Edition.CLOUD or not client.session.is_admin:
        return None
    ids, places = list[str](), _read(place)
    for name in names:
        try:
            found, places[name] = _deleted(client, name, places.get(name) or _first(since, client.server_now()))
        except (AuthError, ConfigError, NotModelledError) as error:
            # Deletions are found by looking records up as well, only later.
            _log.debug("no deletions of %s by sync: %s", name, error.message)
            return None
        ids += found
    return Deleted(frozenset(ids), json.dumps(places))


def _deleted(client: VtigerClient, module: str, start: int) -> tuple[list[str], int]:
    """Give the ids, and the moment from which to ask next time."""
    ids, at = list[str](), start
    while True:
        answer = client.changes(module, at)
        told = answer.get("deleted")
        if not isinstance(told, list):
            raise NotModelledError(f"Vtiger's sync of {module} names no deleted records.")
        ids += [str(each) for each in told if is_id(str(each))]
        last = _moment(answer)
        is_end = not answer.get("more") or last <= at
        at = max(at, last)
        if is_end:
            return ids, max(start, at - _BEFORE)


def _moment(answer: Row) -> int:
    last = text(answer, "lastModifiedTime")
    return int(last) if last.isdecimal() else 0


def _first(since: str, now: float) -> int:
    """Give the moment of a time that Vtiger wrote: UTC. Another zone must not lead past the present."""
    moment = datetime.fromisoformat(less_overlap(since)).replace(tzinfo=UTC).timestamp()
    return max(0, int(moment if math.isnan(now) else min(moment, now - _BEFORE)))


def _read(place: str) -> dict[str, int]:
    found = json.loads(place) if place else {}
    return {str(name): int(moment) for name, moment in found.items()}

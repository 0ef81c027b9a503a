"""Finding the partner of an unlinked Vtiger record: marker first, then natural keys, strongest first. Never a guess."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.sides import Side
from vtxero.domain.words import quoted
from vtxero.sync.merge import Pair
from vtxero.sync.records import Presence, Snapshot
from vtxero.sync.slice import Slice
from vtxero.sync.state import KeyHit, Link, State, StoredRecord


@dataclass(frozen=True, slots=True)
class Match:
    """What was found: a partner's id, or that another Vtiger record stands for this one, or why neither can be said."""

    xero_id: str = ""
    holder: str = ""
    finding: Finding | None = None


def match_vtiger(state: State, slice_: Slice[Any], source: Snapshot[Any]) -> Match:
    """Look for the Xero partner of an unlinked Vtiger record."""
    marked = _marked(state, slice_.name, source)
    if len(marked) == 1:
        return Match(xero_id=marked[0])
    if marked:
        return _ambiguous(source, marked)
    holder = _holder(state, slice_, source)
    if holder:
        return _taken(slice_, holder)
    found = _by_keys(state, slice_, source)
    return _alike(state, slice_, source) if found == Match() else found


def find_heir_link(state: State, slice_: Slice[Any], side: Side, source: Snapshot[Any]) -> Link | None:
    """Find the link of a deleted namesake: the record made anew in its place takes over the partner.

    None when there is no such namesake, more than one, or the partner is gone as well; and where two records of one
    name are two (people), or a number is used once (invoices).
    """
    if slice_.duplicate_code is None:
        return None
    module, found = slice_.name, {}
    for kind, key in source.keys:
        for hit in state.hits(module, side, kind, key):
            if hit.id == source.id or hit.presence is not Presence.GONE:
                continue
            link = state.link(module, side, hit.id)
            partner = state.record(module, side.other, link.id_on(side.other)) if link else None
            if link and partner and partner.presence is Presence.ACTIVE:
                found[link.vtiger_id] = link
    return found.popitem()[1] if len(found) == 1 else None


def find_namesake(state: State, slice_: Slice[Any], pair: Pair[Any], fields: Collection[str]) -> tuple[Finding, ...]:
    """Say that the key which a pair would get in Vtiger, with these fields, is that of a record without a partner.

    That one would be taken for a duplicate of this one from then on, and it never was.
    """
    if slice_.duplicate_code is None:
        return ()
    for kind, key in pair.xero.keys[:1]:
        if kind not in fields or (kind, key) in pair.vtiger.keys:
            continue
        for hit in state.hits(slice_.name, Side.VTIGER, kind, key):
            other = state.record(slice_.name, Side.VTIGER, hit.id) if not hit.linked else None
            if other and other.presence is Presence.ACTIVE:
                text = f"Vtiger's {other.id}, {quoted(other.label)}, has the {kind} that this one got in Xero."
                remedy = f"Give one of the two another {kind}, or merge them in Vtiger if they are the same."
                return (finding(slice_.taken_code, text, field=kind, remedy=remedy),)
    return ()


def _marked(state: State, module: str, source: Snapshot[Any]) -> list[str]:
    """The free Xero records that carry this record's id, or whose id this record carries."""
    own = source.marker
    if own and state.record(module, Side.XERO, own) and not _is_taken(state, module, own):
        return [own]
    return [hit.id for hit in state.marked(module, Side.XERO, source.id) if not hit.linked]


def _is_taken(state: State, module: str, xero_id: str) -> bool:
    linked = state.link(module, Side.XERO, xero_id) is not None
    return linked or state.planned_partner(module, Side.XERO, xero_id) is not None


def _by_keys(state: State, slice_: Slice[Any], source: Snapshot[Any]) -> Match:
    for place, (kind, key) in enumerate(source.keys):
        hits = state.hits(slice_.name, Side.XERO, kind, key)
        active = [hit for hit in hits if hit.presence is Presence.ACTIVE]
        found = active or hits
        if len(found) > 1:
            return _ambiguous(source, [hit.id for hit in found])
        other = _other_holder(state, slice_, (kind, key), found[0]) if found else None
        if other and (place or _gives_up(state, slice_, kind, other)):
            continue  # a weaker key may be several records'; the strongest is free once the other has its new one
        if other:
            return Match(finding=_in_use(slice_, kind, other))
        if found:
            return _judge_hit(state, slice_, found[0])
    return Match()


def _other_holder(state: State, slice_: Slice[Any], key: tuple[str, str], hit: KeyHit) -> StoredRecord | None:
    """Find the Vtiger record to which a Xero record of this key belongs, and which has another key itself.

    The two are no duplicates then, whatever Xero's record is called.
    """
    link = state.link(slice_.name, Side.XERO, hit.id) if slice_.duplicate_code else None
    if link is None or any(each.id == link.vtiger_id for each in state.hits(slice_.name, Side.VTIGER, *key)):
        return None
    holder = state.record(slice_.name, Side.VTIGER, link.vtiger_id)
    return holder if holder and holder.presence is Presence.ACTIVE else None


def _gives_up(state: State, slice_: Slice[Any], kind: str, other: StoredRecord) -> bool:
    """Tell whether this plan gives another key to the partner of a record, before anything new gets the old one."""
    action = state.planned_write(slice_.name, Side.VTIGER, other.id)
    return action is not None and kind in action.fields


def _in_use(slice_: Slice[Any], kind: str, other: StoredRecord) -> Finding:
    """Say that the key is in use in Xero, by the partner of a record that has another key in Vtiger."""
    whose = f"Vtiger's {other.id}, {quoted(other.label)}"
    text = f"Xero's record of this {kind} belongs to {whose}, which has another {kind} in Vtiger."
    remedy = f"Give {quoted(other.label)} the same {kind} on both sides, or give this one another {kind}."
    return finding(slice_.taken_code, text, field=kind, remedy=remedy)


def _alike(state: State, slice_: Slice[Any], source: Snapshot[Any]) -> Match:
    """Take the oldest free one of those that are as good as each other."""
    for kind, key in source.alike:
        for hit in state.hits(slice_.name, Side.XERO, kind, key):
            if not hit.linked and hit.presence is Presence.ACTIVE:
                return Match(xero_id=hit.id)
    return Match()


def _judge_hit(state: State, slice_: Slice[Any], hit: KeyHit) -> Match:
    if not hit.linked:
        return Match(xero_id=hit.id)
    link = state.link(slice_.name, Side.XERO, hit.id)
    holder = state.record(slice_.name, Side.VTIGER, link.vtiger_id) if link else None
    if holder and holder.presence is Presence.GONE and hit.presence is Presence.GONE and slice_.duplicate_code:
        return Match(xero_id=hit.id)  # what became of it in Xero is the reason: there is nobody to be a duplicate of
    return _taken(slice_, link.vtiger_id if link else "", is_gone=bool(holder and holder.presence is Presence.GONE))


def _taken(slice_: Slice[Any], holder: str, *, is_gone: bool = False) -> Match:
    """Another Vtiger record has the partner: this one is its duplicate, or its name, code or number is simply taken."""
    if slice_.duplicate_code and holder:
        return Match(holder=holder)
    how = ", which was deleted" if is_gone else " already"
    return Match(finding=finding(slice_.taken_code, f"It belongs to Vtiger's {holder}{how}." if holder else ""))


def _holder(state: State, slice_: Slice[Any], source: Snapshot[Any]) -> str:
    """Find the Vtiger record that already crosses under one of the same natural keys."""
    for kind, key in source.keys:
        for hit in state.hits(slice_.name, Side.VTIGER, kind, key):
            if hit.id != source.id and hit.linked and hit.presence is not Presence.GONE:
                return hit.id
    return ""


def _ambiguous(source: Snapshot[Any], ids: list[str]) -> Match:
    shown = ", ".join(ids[:5])
    return Match(finding=finding(Code.AMBIGUOUS, f"{len(ids)} records in Xero could be {source.label}: {shown}."))


def unfinished(slice_: Slice[Any], found: Any, sent: Any, whole: Any) -> frozenset[str]:
    """Name the fields of a record made in Vtiger that an interrupted write left out, and those that move with them.

    A field that lacks what was sent is completed; one that holds something else was edited by a person since. `whole`
    is what the record found would be if nothing were missing, with what Vtiger adds by itself (the ids of people).
    """
    half = {
        field
        for field in slice_.fields
        if getattr(found, field) != getattr(whole, field) and _lacks(slice_, field, found, sent)
    }
    for group in slice_.groups:
        if half & group:
            half |= {field for field in group if getattr(found, field) != getattr(sent, field)}
    return frozenset(half)


def unlike(slice_: Slice[Any], found: Any, sent: Any) -> frozenset[str]:
    """Name the fields in which a record that an interrupted write may have made holds something else than was sent.

    A person edited it since, or made it: nothing tells which. In the second case the two never met in these fields, and
    taking the value for an edit would write it over what stands on the other side.
    """
    fields = (field for field in slice_.fields if field not in slice_.once)
    return frozenset(field for field in fields if getattr(found, field) != getattr(sent, field))


def _lacks(slice_: Slice[Any], field: str, found: Any, sent: Any) -> bool:
    have, want = getattr(found, field), getattr(sent, field)
    if have == want:
        return False
    if slice_.is_blank(field, found) or field in slice_.unions:
        return True
    return isinstance(have, tuple) and all(item in want for item in have)

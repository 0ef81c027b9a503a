"""The web service's table of operations: verb, session needed or not, and who does the work.

Nothing here knows HTTP, so that another edition's addresses can lead to the same operations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from vtxero.sandbox.vtiger import describing, elements, errors, papers, query, related, session, vtql
from vtxero.sandbox.vtiger.state import User, VtigerState

Params = Mapping[str, str]
Handler = Callable[[VtigerState, User, Params], Any]
Opening = Callable[[VtigerState, Params], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: a reader takes its parameters from the query string, a poster from the form."""

    posts: bool
    handler: Handler | None = None
    opening: Opening | None = None
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation did, for the answer and for the journal."""

    result: Any
    created: tuple[str, ...] = ()


def _run_query(state: VtigerState, user: User, params: Params) -> list[dict[str, Any]]:
    text = params.get("query", "")
    module = papers.module_for_query(state, user, vtql.module_named(text))
    return query.run(state, user, module, text)


def _crash(_state: VtigerState, _user: User, _params: Params) -> Any:
    """Die as PHP 8 does: the operation's parameters do not match the names its handler has."""
    raise errors.CrashError


OPERATIONS: Final[dict[str, Operation]] = {
    "getchallenge": Operation(posts=False, opening=session.challenge),
    "login": Operation(posts=True, opening=session.login),
    "extendsession": Operation(posts=True, opening=session.extend),
    "logout": Operation(posts=True, handler=_crash),
    "listtypes": Operation(posts=False, handler=describing.listtypes),
    "describe": Operation(posts=False, handler=describing.describe),
    "create": Operation(posts=True, handler=elements.create, writes=True),
    "retrieve": Operation(posts=False, handler=elements.retrieve),
    "update": Operation(posts=True, handler=elements.update, writes=True),
    "revise": Operation(posts=True, handler=elements.revise, writes=True),
    "delete": Operation(posts=True, handler=elements.delete, writes=True),
    "query": Operation(posts=False, handler=_run_query),
    "sync": Operation(posts=False, handler=_crash),
    "retrieve_inventory": Operation(posts=False, handler=_crash),
    "relatedtypes": Operation(posts=False, handler=related.types),
    "retrieve_related": Operation(posts=False, handler=related.retrieve),
    "query_related": Operation(posts=False, handler=related.run_query),
    "add_related": Operation(posts=True, handler=related.add),
}

NOT_MODELLED: Final = frozenset({"convertlead", "files_retrieve", "changePassword", "deleteUser"})


def find(name: str) -> Operation:
    """Find an operation; one the server does not know kills the request."""
    if name in NOT_MODELLED or name.startswith(("mobile.", "wsapp_")):
        raise errors.NotModelledError(f"operation {name}")
    if name not in OPERATIONS:
        raise errors.CrashError
    return OPERATIONS[name]


def perform(state: VtigerState, operation: Operation, session_name: str, params: Params) -> Outcome:
    """Do one operation under the state's lock."""
    with state.lock:
        before = state.next_number
        if operation.opening is not None:
            return Outcome(operation.opening(state, params))
        user = session.user_of(state, session_name)
        if operation.handler is None:
            raise errors.CrashError
        result = operation.handler(state, user, params)
        return Outcome(result, _created(state, operation, result, before))


def _created(state: VtigerState, operation: Operation, result: Any, before: int) -> tuple[str, ...]:
    if operation.handler is elements.create and isinstance(result, dict):
        return (str(result["id"]),)
    made = range(before, state.next_number) if operation.writes else ()
    return tuple(state.wire_id(state.entities[number]) for number in made)


def caption(name: str, params: Params) -> str:
    """Name an operation for people: `create Invoice`, `query Accounts`, `revise 7x12`."""
    if name == "query":
        try:
            return f"query {vtql.module_named(params.get('query', ''))}"
        except errors.VtigerError:
            return "query"
    if name in {"create", "describe", "relatedtypes"}:
        return f"{name} {params.get('elementType', '')}".strip()
    if name in {"update", "revise"}:
        try:
            return f"{name} {elements.parse_element_id(params.get('element'))}".strip()
        except ValueError:
            return name
    return f"{name} {params.get('id', '')}".strip()

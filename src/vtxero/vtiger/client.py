"""The operations of a Vtiger's web service, whichever edition answers: one login, one request at a time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from vtxero.domain.closing import Closing
from vtxero.domain.witness import Memory
from vtxero.errors import NotModelledError, RefusedError
from vtxero.sync.budget import CallBudget
from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.address import Address, parse_address
from vtxero.vtiger.editions import choose
from vtxero.vtiger.errors import SERVICE, Call, Failure, lost
from vtxero.vtiger.refusals import translate
from vtxero.vtiger.rows import Row, as_row, dump_element, text, witness_of
from vtxero.vtiger.session import Request, Session
from vtxero.vtiger.transport import Sleep, Transport


class VtigerClient(Closing):
    """One login to one Vtiger. Close it, or use it as a context manager, unless the http client is yours.

    Every method may raise ConfigError (the address leads elsewhere), AuthError, TemporaryError (after some tries),
    BudgetError and NotModelledError; writes also RefusedError and ReplyLostError.
    """

    def __init__(
        self,
        access: VtigerAccess,
        *,
        http: httpx.Client | None = None,
        sleep: Sleep = time.sleep,
        timeout: float | None = None,
        budget: CallBudget | None = None,
    ) -> None:
        self.address: Address = parse_address(access.url, allow_http=access.allow_http)
        self.username = access.username
        self._access = access
        self._transport = Transport(access, http=http, sleep=sleep, timeout=timeout, budget=budget)
        self._connection = choose(access, self.address, self._transport)
        self._lock = threading.RLock()
        self.memory = Memory()
        """The newest records that answers told of."""

    def __repr__(self) -> str:
        """Show the address and the user, no secret."""
        return f"VtigerClient({self.address.base!r}, {self.username!r})"

    def close(self) -> None:
        """Let go of the connection; a session is left to end by itself."""
        self._transport.close()

    @property
    def calls(self) -> int:
        """Requests sent so far, logins and repeated tries included."""
        return self._transport.calls

    @property
    def pace(self) -> float:
        """Seconds that a call took on average, 0 before the first."""
        return self._transport.seconds / self.calls if self.calls else 0.0

    @property
    def day_left(self) -> int | None:
        """Calls left for the day, as the cloud edition's last answer said; None where nothing said so."""
        with self._lock:
            return self._connection.day_left

    @property
    def edition(self) -> Edition:
        """Which edition answers; costs the login where that has to be found out."""
        with self._lock:
            return self._connection.edition

    @property
    def session(self) -> Session:
        """The login, made when it is first needed."""
        with self._lock:
            return self._connection.session

    def server_now(self) -> float:
        """Give the server's clock, in seconds since 1970 UTC: as it stood at the login, and the time passed since."""
        with self._lock:
            return self._connection.server_now()

    # -- operations --------------------------------------------------------------------------------------------

    def list_types(self) -> tuple[str, ...]:
        """Name the modules that the user may see."""
        found = as_row(self._result(Request("listtypes"), "")).get("types")
        if not isinstance(found, Sequence) or isinstance(found, str):
            raise NotModelledError("Vtiger's listtypes names no types.", remedy="Report this to vtxero.")
        return tuple(str(name) for name in found)

    def describe(self, module: str) -> Row:
        """Describe a module as this user sees it."""
        return as_row(self._result(Request("describe", {"elementType": module}), module))

    def query(self, statement: str) -> list[Row]:
        """Run a query of Vtiger's query language, its closing semicolon included; at most 100 rows come."""
        found = self._result(Request("query", {"query": statement}), _module_asked(statement), statement=statement)
        # 8.3.0 answers `select count(*)` with an empty list; a null has been seen where there are no rows.
        if found is None:
            return []
        if not isinstance(found, list):
            raise NotModelledError(f"Vtiger answered {statement!r} with something else than rows.")
        return [self._noted(as_row(row)) for row in found]

    def changes(self, module: str, since: int) -> Row:
        """Ask the cloud edition what was changed and deleted after a moment, in seconds since 1970 UTC, by anybody."""
        params = {"modifiedTime": str(since), "elementType": module, "syncType": "application"}
        return as_row(self._result(Request("sync", params), module))

    def retrieve(self, record_id: str) -> Row:
        """Read one record whole.

        Raises:
            RefusedError: it is not there.
        """
        found = self.find(record_id)
        if found is None:
            raise RefusedError(
                (f"Vtiger has no record {record_id} that the user {self.username!r} may read.",),
                service=SERVICE,
                remedy="Check that it was not deleted, and that user's role and sharing rules.",
            )
        return found

    def find(self, record_id: str) -> Row | None:
        """Read one record whole, None when it is not there: deleted, never made, or of another module."""
        request, call = Request("retrieve", {"id": record_id}), self._call("retrieve", record_id)
        found = self._run(request, call)
        if isinstance(found, Failure):
            if found.is_missing:
                return None
            raise translate(found, call)
        return self._noted(as_row(found))

    def create(self, module: str, element: Mapping[str, Any]) -> Row:
        """Make a record; the answer is the record as stored."""
        params = {"elementType": module, "element": dump_element(element)}
        return self._write(Request("create", params, post=True), f"{module} {_name_of(element)}".rstrip())

    def update(self, element: Mapping[str, Any]) -> Row:
        """Overlay a whole record; all mandatory fields must be there."""
        return self._write(Request("update", {"element": dump_element(element)}, post=True), text(element, "id"))

    def revise(self, element: Mapping[str, Any]) -> Row:
        """Overlay some fields of a record."""
        return self._write(Request("revise", {"element": dump_element(element)}, post=True), text(element, "id"))

    def delete(self, record_id: str) -> None:
        """Move a record to the recycle bin."""
        self._result(Request("delete", {"id": record_id}, post=True), record_id, writes=True)

    # -- requests ----------------------------------------------------------------------------------------------

    def _call(self, operation: str, subject: str, *, writes: bool = False, statement: str = "") -> Call:
        with self._lock:
            return Call(operation, subject, self._connection.endpoint, self.username, writes, statement)

    def _write(self, request: Request, subject: str) -> Row:
        found = self._result(request, subject, writes=True)
        if not isinstance(found, dict) or not text(found, "id"):
            raise lost(self._call(request.operation, subject, writes=True), "a result without an id")
        return self._noted(found)

    def _noted(self, row: Row) -> Row:
        """Remember a record that tells when it was made; lines, taxes and currencies do not."""
        if "createdtime" in row:
            self.memory.note(text(row, "id"), witness_of(row))
        return row

    def _result(self, request: Request, subject: str, *, writes: bool = False, statement: str = "") -> Any:
        call = self._call(request.operation, subject, writes=writes, statement=statement)
        found = self._run(request, call)
        if isinstance(found, Failure):
            raise translate(found, call)
        return found

    def _run(self, request: Request, call: Call) -> Any:
        with self._lock:
            return self._connection.run(request, call)


def _name_of(element: Mapping[str, Any]) -> str:
    """Name a new record for messages, by the first of the name fields that it has."""
    names = ("accountname", "lastname", "productname", "servicename", "subject", "taxlabel")
    return next((json.dumps(text(element, name), ensure_ascii=False) for name in names if text(element, name)), "")


def _module_asked(statement: str) -> str:
    """Name the module of a query, for messages: the whole statement is a screenful."""
    return statement.partition(" from ")[2].partition(" ")[0].rstrip(";")

"""The open-source edition: webservice.php, with a challenge, a session, and one request in it at a time."""

from __future__ import annotations

import logging
import time
from typing import Any

from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.address import Address
from vtxero.vtiger.answers import read_answer
from vtxero.vtiger.errors import LOGIN_CODES, SESSION_CODES, Call, Failure
from vtxero.vtiger.refusals import translate
from vtxero.vtiger.rows import as_row
from vtxero.vtiger.session import Request, Session, log_in
from vtxero.vtiger.transport import Message, Transport

_log = logging.getLogger("vtxero.vtiger")


class SelfHosted:
    """Implements `Connection`. A session that was lost is replaced by a new one."""

    edition = Edition.OPEN_SOURCE
    day_left = None

    def __init__(self, access: VtigerAccess, address: Address, transport: Transport) -> None:
        self.endpoint = address.endpoint
        self._access = access
        self._transport = transport
        self._session: Session | None = None
        self._logged_in_at = 0.0

    @property
    def session(self) -> Session:
        """The login, made when it is first needed; it ends by itself, since Vtiger's logout fails on PHP 8."""
        if self._session is None:
            self._session = self._log_in()
        return self._session

    def server_now(self) -> float:
        """Give the server's clock, in seconds since 1970 UTC: as it stood at the login, and the time passed since."""
        session = self.session
        return session.server_time + (time.monotonic() - self._logged_in_at)

    def run(self, request: Request, call: Call) -> Any:
        """Ask within the session, and once more in a new one where Vtiger does not know it any longer."""
        found = self._send(_within(self.session, request), call)
        if isinstance(found, Failure) and found.code in SESSION_CODES:
            _log.debug("%s: session lost (%s), logging in anew", request.operation, found.code)
            self._session = None
            # Safe for writes as well: the session is looked at before anything else.
            found = self._send(_within(self.session, request), call)
        return found

    def _log_in(self) -> Session:
        """Log in; a second time where another worker's challenge for the same user may have voided ours."""
        found = self._try_login()
        if isinstance(found, Failure):
            found = self._try_login()
        if isinstance(found, Failure):
            raise translate(found, self._call("login"))
        self._logged_in_at = time.monotonic()
        return found

    def _try_login(self) -> Session | Failure:
        flow = log_in(self._access.username, self._access.access_key)
        request = next(flow)
        while True:
            call = self._call(request.operation)
            answer = self._send(request, call)
            if isinstance(answer, Failure):
                if answer.code in LOGIN_CODES:
                    return answer
                raise translate(answer, call)
            try:
                request = flow.send(as_row(answer))
            except StopIteration as done:
                session: Session = done.value
                return session

    def _call(self, operation: str) -> Call:
        return Call(operation, "", self.endpoint, self._access.username)

    def _send(self, request: Request, call: Call) -> Any:
        values = {"operation": request.operation, **request.params}
        return self._transport.send(Message(self.endpoint, values, request.post), call, read_answer)


def _within(session: Session, request: Request) -> Request:
    return Request(request.operation, {"sessionName": session.name.get_secret_value(), **request.params}, request.post)

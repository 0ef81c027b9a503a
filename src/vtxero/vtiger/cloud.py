"""The cloud edition: a REST API with a login name and an access key on every request, and limits of calls."""

from __future__ import annotations

import math
import time
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from pydantic import SecretStr

from vtxero.errors import NotModelledError
from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.address import Address
from vtxero.vtiger.cloud_answers import read_cloud_answer
from vtxero.vtiger.errors import Call, Failure
from vtxero.vtiger.limits import Limits, is_refusal
from vtxero.vtiger.refusals import translate
from vtxero.vtiger.rows import Row, as_row, is_id, text
from vtxero.vtiger.session import Request, Session
from vtxero.vtiger.transport import Message, Transport

VERSION = "cloud"
"""How a version of this edition begins, so that none is taken for one of the open-source edition."""

_SECRET_FIELDS = frozenset({"accesskey", "user_password", "confirm_password"})


class Cloud:
    """Implements `Connection`. There is no session: /me, the cheapest question, shows whether the key is good."""

    edition = Edition.CLOUD

    def __init__(self, access: VtigerAccess, address: Address, transport: Transport) -> None:
        self.endpoint = address.cloud_endpoint
        self._username = access.username
        self._auth = httpx.BasicAuth(access.username, access.access_key.get_secret_value())
        self._transport = transport
        self._limits = Limits(transport.sleep)
        self._session: Session | None = None
        self._asked_at = 0.0
        self._server_time = math.nan
        self._version = ""

    @property
    def session(self) -> Session:
        """Who the API user is, asked when it is first needed."""
        if self._session is None:
            self._session = self._who()
        return self._session

    @property
    def day_left(self) -> int | None:
        """Calls left for the day, as the last answer said."""
        return self._limits.day_left

    def server_now(self) -> float:
        """Give the server's clock, in seconds since 1970 UTC: by its last answer, and the time passed since.

        Not a number where its answers have no date: nothing is proven by it then.
        """
        _ = self.session
        return self._server_time + (time.monotonic() - self._asked_at)

    def run(self, request: Request, call: Call) -> Any:
        """Ask; the key goes with every request."""
        _ = self.session
        return self._send(request, call)

    def _who(self) -> Session:
        call = Call("me", "", self.endpoint, self._username)
        found = self._send(Request("me"), call)
        if isinstance(found, Failure):
            raise translate(found, call)
        user = _one_row(found)
        user_id = text(user, "id")
        if not is_id(user_id):
            raise NotModelledError(
                f"Vtiger at {self.endpoint} answered me without the user's id.",
                remedy="Check that vtiger.url leads to a Vtiger, and report this answer to vtxero.",
            )
        return Session(
            name=SecretStr(""),
            user_id=user_id,
            username=text(user, "user_name") or self._username,
            version=f"{VERSION} {self._version}".rstrip(),
            server_time=0 if math.isnan(self._server_time) else int(self._server_time),
            is_admin=text(user, "is_admin") in {"on", "1", "true", "True"},
            user={name: value for name, value in user.items() if name not in _SECRET_FIELDS},
        )

    def _send(self, request: Request, call: Call) -> Any:
        self._limits.before(call)
        message = Message(f"{self.endpoint}/{request.operation}", request.params, request.post, self._auth)
        return self._transport.send(message, call, self._read)

    def _read(self, response: httpx.Response, call: Call) -> Any:
        self._note_clock(response)
        self._limits.note(response.headers)
        if is_refusal(response):
            raise self._limits.refused(response.headers, call)
        self._limits.accepted()
        return read_cloud_answer(response, call)

    def _note_clock(self, response: httpx.Response) -> None:
        self._version = response.headers.get("x-vtiger-version", self._version)
        try:
            self._server_time = parsedate_to_datetime(response.headers.get("date", "")).timestamp()
        except ValueError:
            return
        self._asked_at = time.monotonic()


def _one_row(found: Any) -> Row:
    """Take a list of one for that one."""
    return as_row(found[0] if isinstance(found, list) and len(found) == 1 else found)

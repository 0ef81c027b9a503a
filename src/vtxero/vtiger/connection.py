"""What an edition of Vtiger has to offer to the client: a login, and requests within it."""

from __future__ import annotations

from typing import Any, Protocol

from vtxero.vtiger.access import Edition
from vtxero.vtiger.errors import Call
from vtxero.vtiger.session import Request, Session


class Connection(Protocol):
    """One login to one Vtiger. Every member but `day_left` may cost a call, and raise what a login raises."""

    @property
    def edition(self) -> Edition:
        """Which edition this is; never `auto`."""
        ...

    @property
    def endpoint(self) -> str:
        """Where it is asked, for messages."""
        ...

    @property
    def session(self) -> Session:
        """The login, made when it is first needed."""
        ...

    @property
    def day_left(self) -> int | None:
        """Calls left for the day, as the last answer said; None where there is no such limit, or before the first."""
        ...

    def server_now(self) -> float:
        """Give the server's clock, in seconds since 1970 UTC: as it stood at the login, and the time passed since."""
        ...

    def run(self, request: Request, call: Call) -> Any:
        """Ask within the login; gives the result, or the Failure in Vtiger's own words."""
        ...

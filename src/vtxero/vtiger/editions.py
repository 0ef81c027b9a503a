"""Which of the two editions is spoken to: as the config says, as the address shows, or as is found out."""

from __future__ import annotations

import logging
from typing import Any

from vtxero.errors import ConfigError, NotModelledError
from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.address import Address
from vtxero.vtiger.cloud import Cloud
from vtxero.vtiger.connection import Connection
from vtxero.vtiger.errors import Call, NoVtigerError
from vtxero.vtiger.self_hosted import SelfHosted
from vtxero.vtiger.session import Request, Session
from vtxero.vtiger.transport import Transport

_log = logging.getLogger("vtxero.vtiger")


def choose(access: VtigerAccess, address: Address, transport: Transport) -> Connection:
    """Give the way to the edition wanted. Nothing is sent yet."""
    if access.edition is Edition.CLOUD or (access.edition is Edition.AUTO and address.is_cloud):
        return Cloud(access, address, transport)
    if access.edition is Edition.AUTO:
        return Undecided(access, address, transport)
    return SelfHosted(access, address, transport)


class Undecided:
    """Implements `Connection` by the edition that answers.

    A self-hosted Vtiger is asked first: its login is what it is asked, so finding out costs nothing. Only where no
    Vtiger answers at webservice.php is the cloud's address tried.
    """

    def __init__(self, access: VtigerAccess, address: Address, transport: Transport) -> None:
        self._access = access
        self._address = address
        self._transport = transport
        self._found: Connection | None = None

    @property
    def edition(self) -> Edition:
        """Which edition answers."""
        return self._settled().edition

    @property
    def endpoint(self) -> str:
        """Where it is asked."""
        return self._settled().endpoint

    @property
    def session(self) -> Session:
        """The login."""
        return self._settled().session

    @property
    def day_left(self) -> int | None:
        """Calls left for the day; asking for them sends nothing."""
        return self._found.day_left if self._found else None

    def server_now(self) -> float:
        """Give the server's clock, in seconds since 1970 UTC."""
        return self._settled().server_now()

    def run(self, request: Request, call: Call) -> Any:
        """Ask within the login."""
        return self._settled().run(request, call)

    def _settled(self) -> Connection:
        if self._found is None:
            self._found = self._find()
        return self._found

    def _find(self) -> Connection:
        self_hosted: Connection = SelfHosted(self._access, self._address, self._transport)
        cloud: Connection = Cloud(self._access, self._address, self._transport)
        try:
            _ = self_hosted.session
        except (NoVtigerError, NotModelledError) as first:
            _log.debug("no webservice.php (%s), trying the cloud edition", first.message)
            try:
                _ = cloud.session
            except (NoVtigerError, NotModelledError) as second:
                raise self._neither(first) from second
            return cloud
        return self_hosted

    def _neither(self, first: ConfigError | NotModelledError) -> ConfigError:
        """Say it of the first place asked: both get the same answer as a rule, and twice is no clearer."""
        return ConfigError(
            f"No Vtiger answers at {self._address.base}, neither the open-source edition nor the cloud's. "
            f"{first.message}",
            remedy=f"{first.remedy} Where you know which edition it is, set vtiger.edition.".lstrip(),
        )

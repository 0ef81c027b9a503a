"""Both stand-ins together, each on a port of its own on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from vtxero.sandbox.files import SandboxError

if TYPE_CHECKING:
    from vtxero.sandbox.faults import Faults
    from vtxero.sandbox.instrument import Instrumented
    from vtxero.sandbox.journal import Journal
    from vtxero.sandbox.pages import WithPages
    from vtxero.sandbox.serving import ServerThread
    from vtxero.sandbox.vtiger import User, VtigerState
    from vtxero.sandbox.xero import XeroState

Books = Mapping[str, Any]
SideName = Literal["vtiger", "xero"]

EDITIONS = ("open-source", "cloud")
VERSIONS = ("8.2.0", "8.3.0")
MAX_PORT = 65_535
SECOND_ORG = "Second Samples Ltd"


class Sandbox:
    """A Vtiger and a Xero on this machine; they serve while this is entered as a context.

    `vtiger` and `xero` are their states: what they hold, and the hands of a person who works in them.
    """

    def __init__(
        self,
        books: Books | None = None,
        organisation: Books | None = None,
        *,
        vtiger_port: int = 0,
        xero_port: int = 0,
        vtiger_version: str = "8.2.0",
        edition: str = "open-source",
        limits: bool = True,
        second_org: bool = False,
    ) -> None:
        """Fill both and take their ports.

        Args:
            books: as `load_books` gives them. Neither books nor organisation: sample records on both sides. An
                organisation alone, or books without any content: a Vtiger as just installed.
            organisation: as `load_organisation` gives it. Books alone, or an organisation without any content: one with
                a chart and taxes and no records, in the books' base currency.
            vtiger_port: 0 takes a free one.
            xero_port: 0 takes a free one.
            vtiger_version: 8.2.0 or 8.3.0, of the open-source edition.
            edition: open-source or cloud.
            limits: keep the limits of calls that Xero and Vtiger's cloud have; a Vtiger of one's own has none.
            second_org: let people's logins at Xero reach one organisation more, without records.

        Raises:
            SandboxError: not modelled, no port, or what they start with is not of the right form.
            OSError: a port is taken.
        """
        check_edition(edition, vtiger_version)
        check_port(vtiger_port)
        check_port(xero_port)
        if vtiger_port and vtiger_port == xero_port:
            raise SandboxError(f"both cannot have the port {xero_port}; give them two, or 0 for free ones")
        from vtxero.sandbox.instrument import instrumented  # noqa: PLC0415 - heavy, see the package
        from vtxero.sandbox.pages import WithPages  # noqa: PLC0415
        from vtxero.sandbox.vtiger import create_app as vtiger_app  # noqa: PLC0415
        from vtxero.sandbox.vtiger.pages import page_finder as vtiger_pages  # noqa: PLC0415
        from vtxero.sandbox.xero import create_app as xero_app  # noqa: PLC0415
        from vtxero.sandbox.xero.pages import page_finder as xero_pages  # noqa: PLC0415

        self.edition = edition
        self.vtiger, self.xero = _states(books, organisation, vtiger_version)
        self.xero_organisations = [self.xero]
        if second_org:
            self.xero_organisations.append(self.xero.add_organisation(SECOND_ORG, self.xero.base_currency))
        self._apps: dict[SideName, Instrumented] = {
            "vtiger": instrumented(
                vtiger_app(self.vtiger, edition=edition, limits=limits), expire=self.vtiger.expire_sessions
            ),
            "xero": xero_app(self.xero, limits="on" if limits else "off"),
        }
        if books is None and organisation is None:
            _add_payments(self.vtiger, self.xero)
        fronts = {"vtiger": vtiger_pages(self.vtiger), "xero": xero_pages(self.xero)}
        served = {side: WithPages(app, fronts[side]) for side, app in self._apps.items()}
        self._servers = _servers(served, {"vtiger": vtiger_port, "xero": xero_port})
        self._running = ExitStack()

    @property
    def vtiger_url(self) -> str:
        """The Vtiger's address, as a config wants it."""
        return self._servers["vtiger"].url

    @property
    def xero_url(self) -> str:
        """Where Xero's login, its connections and its accounting API are served."""
        return self._servers["xero"].url

    @property
    def vtiger_username(self) -> str:
        """An administrator of the Vtiger."""
        return self._administrator().name

    @property
    def vtiger_access_key(self) -> str:
        """The administrator's access key."""
        return self._administrator().access_key

    def journal(self, side: SideName) -> Journal:
        """Every request that a side has served."""
        return self._apps[side].journal

    def faults(self, side: SideName) -> Faults:
        """How a side is to misbehave."""
        return self._apps[side].faults

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for server in self._servers.values():
                stack.callback(server.stop)
            for server in self._servers.values():
                server.start()
            self._running = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    def close(self) -> None:
        """Give the ports back without having served; harmless afterwards."""
        for server in self._servers.values():
            server.stop()

    def _administrator(self) -> User:
        able = [user for user in self.vtiger.users.values() if user.active and user.is_admin]
        if not able:
            raise SandboxError("the books have no active administrator who could log in")
        # An administrator with the base currency and two decimals: others change amounts on the way in.
        return min(able, key=lambda user: (user.currency != 1, user.decimals != 2, user.number))


def check_edition(edition: str, version: str) -> None:
    """Refuse what the stand-ins do not model.

    Raises:
        SandboxError: it is not modelled.
    """
    if edition not in EDITIONS:
        raise SandboxError(f"there is no {edition} edition of Vtiger, only {' and '.join(EDITIONS)}")
    if version not in VERSIONS:
        raise SandboxError(f"version {version} of Vtiger is not modelled, only {' and '.join(VERSIONS)} are")


def check_port(port: int) -> None:
    """Refuse what is no port.

    Raises:
        SandboxError: it is none.
    """
    if not 0 <= port <= MAX_PORT:
        raise SandboxError(f"{port} is no port; use a number from 1 to {MAX_PORT}, or 0 for a free one")


def _states(books: Books | None, organisation: Books | None, version: str) -> tuple[VtigerState, XeroState]:
    from vtxero.sandbox import samples  # noqa: PLC0415 - heavy, see the package
    from vtxero.sandbox.vtiger import VtigerState  # noqa: PLC0415
    from vtxero.sandbox.xero import XeroState  # noqa: PLC0415
    from vtxero.sandbox.xero.errors import XeroError  # noqa: PLC0415

    if books is None and organisation is None:
        return samples.sample_vtiger(version=version), samples.sample_xero()
    try:
        vtiger = VtigerState.load(books, version=version) if books else VtigerState.sample_empty(version=version)
    except (LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise SandboxError(f"the Vtiger's books are not of the form that is read: {error!r}") from error
    try:
        xero = XeroState.load(dict(organisation)) if organisation else XeroState.new(_base_currency(vtiger))
    except XeroError as error:
        raise SandboxError(f"the Xero organisation holds what Xero would refuse: {error}") from error
    except (LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise SandboxError(f"the Xero organisation is not of the form that is read: {error!r}") from error
    return vtiger, xero


def _add_payments(vtiger: VtigerState, xero: XeroState) -> None:
    """Give the samples payments, which only an edition with the module holds, once it is one."""
    from vtxero.sandbox.samples import add_payments  # noqa: PLC0415 - heavy, see the package

    add_payments(vtiger, xero)


def _base_currency(vtiger: VtigerState) -> str:
    """Give the code of the currency that Vtiger marks as its base: defaultid -11."""
    rows = vtiger.actors["Currency"].values()
    return next((row["currency_code"] for row in rows if row["defaultid"] == "-11"), "NZD")


def _servers(apps: Mapping[SideName, WithPages], ports: Mapping[SideName, int]) -> dict[SideName, ServerThread]:
    """Bind both ports, or neither.

    Raises:
        OSError: one cannot be had.
    """
    from vtxero.sandbox.serving import ServerThread  # noqa: PLC0415 - heavy, see the package

    with ExitStack() as bound:
        servers: dict[SideName, ServerThread] = {}
        for side, app in apps.items():
            try:
                servers[side] = ServerThread(app, port=ports[side])
            except OSError as error:
                text = f"port {ports[side]} for the {side.capitalize()} stand-in cannot be had: {error.strerror}"
                raise OSError(error.errno, text) from error
            bound.callback(servers[side].stop)
        bound.pop_all()
    return servers

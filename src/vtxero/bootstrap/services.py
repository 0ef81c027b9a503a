"""The two services' clients, made from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from vtxero.config.secrets import open_token_keeper
from vtxero.config.settings import Settings
from vtxero.sync.budget import CallBudget
from vtxero.sync.ports import Clock
from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.client import VtigerClient
from vtxero.xero.access import Grant, XeroAccess
from vtxero.xero.client import XeroClient
from vtxero.xero.oauth import XeroOAuth
from vtxero.xero.tokens import MemoryTokenKeeper, TextTokenKeeper, TokenKeeper, TokenSource

GRANTS = {"pkce": Grant.PKCE, "standard": Grant.CODE, "client_credentials": Grant.CLIENT_CREDENTIALS}
API_PATH = "/api.xro/2.0"

Warn = Callable[[str], None]


@contextmanager
def open_vtiger(settings: Settings, budget: CallBudget | None = None) -> Iterator[VtigerClient]:
    """Open the client of Vtiger. Nothing is sent yet; `budget` is shared with Xero's."""
    with VtigerClient(vtiger_access(settings), budget=budget) as client:
        yield client


def vtiger_access(settings: Settings) -> VtigerAccess:
    """How Vtiger is reached, as the settings say."""
    chosen = settings.vtiger
    return VtigerAccess(
        chosen.url,
        chosen.username,
        chosen.access_key or SecretStr(""),
        allow_http=chosen.allow_http,
        timeout=chosen.read_timeout,
        connect_timeout=chosen.connect_timeout,
        verify=chosen.verify if isinstance(chosen.verify, bool) else str(chosen.verify),
        edition=Edition(chosen.edition),
    )


@contextmanager
def open_xero(
    settings: Settings,
    clock: Clock,
    warn: Warn,
    budget: CallBudget | None = None,
    *,
    keeper: TokenKeeper | None = None,
) -> Iterator[XeroClient]:
    """Open the client of Xero. Nothing is sent yet; `budget` is shared with Vtiger's, `keeper` holds the login."""
    access = xero_access(settings)
    with XeroOAuth(access, clock, budget=budget) as oauth:
        tokens = TokenSource(_keeper(settings, access, warn, keeper), oauth, clock)
        with XeroClient(access, tokens, clock, budget=budget) as client:
            yield client


def xero_access(settings: Settings) -> XeroAccess:
    """How Xero is reached, as the settings say."""
    chosen = settings.xero
    return XeroAccess(
        chosen.client_id,
        GRANTS[chosen.flow],
        chosen.client_secret,
        chosen.tenant_id,
        chosen.scopes,
        redirect_uri=f"http://localhost:{chosen.redirect_port}/callback",
        login_url=chosen.authorize_url.removesuffix("/identity/connect/authorize"),
        identity_url=chosen.identity_url,
        api_url=chosen.api_url.removesuffix(API_PATH),
    )


def _keeper(settings: Settings, access: XeroAccess, warn: Warn, given: TokenKeeper | None) -> TokenKeeper:
    """A Custom Connection asks for a new token whenever it needs one: nothing is worth keeping."""
    if access.grant is Grant.CLIENT_CREDENTIALS:
        return MemoryTokenKeeper()
    if given is not None:
        return given
    keeper = open_token_keeper(settings, warn)
    return TextTokenKeeper(keeper.load_text, keeper.save_text, keeper.lock)

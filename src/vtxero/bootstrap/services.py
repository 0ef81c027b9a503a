"""The two services' clients, made from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from vtxero.config.placed import PlacedSecret
from vtxero.config.secrets import open_token_keeper
from vtxero.config.settings import Settings
from vtxero.errors import SecretRefusedError
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


@dataclass(frozen=True, slots=True)
class SecretNames:
    """Whose secret it is, what it is called, who shows it, and which command stores another one."""

    service: str
    secret: str
    shown: str
    command: str


VTIGER_KEY = SecretNames("vtiger", "access key", "Vtiger shows it under My Preferences", "vtxero auth vtiger")
XERO_SECRET = SecretNames("xero", "client secret", "the app's page at developer.xero.com shows it", "vtxero auth xero")


@contextmanager
def naming_secret(secret: SecretStr | None, names: SecretNames) -> Iterator[None]:
    """Let a refusal say which secret to correct: one in the config or the environment wins over a stored one.

    Raises:
        SecretRefusedError: raised within, with that said.
    """
    try:
        yield
    except SecretRefusedError as error:
        if error.service != names.service:
            raise
        rest = f"give the {names.secret} once more"
        if isinstance(secret, PlacedSecret):
            rest = f"correct the {names.secret} in {secret.place}"
            if secret.is_stored:
                rest = f"run `{names.command}` and give the {names.secret} anew (the present one is in {secret.place})"
        error.remedy = f"{error.first} If that is right, {rest}; {names.shown}."
        raise


@contextmanager
def open_vtiger(settings: Settings, budget: CallBudget | None = None) -> Iterator[VtigerClient]:
    """Open the client of Vtiger. Nothing is sent yet; `budget` is shared with Xero's."""
    access = vtiger_access(settings)
    with VtigerClient(access, budget=budget) as client, naming_secret(settings.vtiger.access_key, VTIGER_KEY):
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
    with ExitStack() as stack:
        oauth = stack.enter_context(XeroOAuth(access, clock, budget=budget))
        tokens = TokenSource(_keeper(settings, access, warn, keeper), oauth, clock)
        client = stack.enter_context(XeroClient(access, tokens, clock, budget=budget))
        stack.enter_context(naming_secret(settings.xero.client_secret, XERO_SECRET))
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

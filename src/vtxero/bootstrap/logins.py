"""Who is logged in where, checked at both services; and logging out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pydantic import SecretStr

from vtxero.bootstrap.services import GRANTS, XERO_SECRET, naming_secret, open_vtiger, xero_access
from vtxero.bootstrap.vault import Held, Vault
from vtxero.config.secrets import no_key, no_secret
from vtxero.config.settings import Settings
from vtxero.errors import AuthError, VtxeroError
from vtxero.sync.ports import Clock
from vtxero.xero.access import Grant, XeroAccess, wrong_tenant
from vtxero.xero.oauth import Connection, XeroOAuth
from vtxero.xero.tokens import LOG_IN, Token, TokenSource

ACCESS_LIFE = timedelta(minutes=30)
REFRESH_LIFE = timedelta(days=60)
"""How long a login lasts that nobody uses (developer.xero.com/documentation/guides/oauth2/token-types)."""


@dataclass(frozen=True, slots=True)
class Login:
    """One service's login as it is now. `problem` is blank when it serves; `kept` tells where each secret lies.

    `until` is when a login by browser ends if nobody uses it before; `choices` are organisations, one of which has to
    be chosen.
    """

    service: str
    address: str
    flow: str = ""
    who: str = ""
    organisation: str = ""
    tenant_id: str = ""
    scopes: tuple[str, ...] = ()
    missing_scopes: tuple[str, ...] = ()
    until: datetime | None = None
    kept: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Connection, ...] = ()
    problem: str = ""
    remedy: str = ""
    exit_code: int = 0

    def failed(self, error: VtxeroError) -> Login:
        """The same with what is wrong with it."""
        return replace(self, problem=error.message, remedy=error.remedy, exit_code=error.exit_code)


def check_logins(vault: Vault, clock: Clock) -> tuple[Login, ...]:
    """Try both logins; what is wrong is in the answer, nothing is raised."""
    return check_vtiger(vault), check_xero(vault, clock)


def check_vtiger(vault: Vault, key: SecretStr | None = None) -> Login:
    """Log in to Vtiger, with the key that is known unless one is given."""
    settings = vault.settings
    login = Login("vtiger", settings.vtiger.url, who=settings.vtiger.username)
    try:
        held = Held(key, "", is_stored=False) if key else vault.vtiger_key()
        if held is None:
            raise no_key(settings)
        login = replace(login, kept={"access_key": held.place} if held.place else {})
        vtiger = settings.vtiger.model_copy(update={"access_key": held.secret})
        with open_vtiger(settings.model_copy(update={"vtiger": vtiger})) as client:
            session = client.session
            vault.learn(session.name.get_secret_value())
    except VtxeroError as error:
        return login.failed(error)
    return replace(login, who=session.username)


def check_xero(vault: Vault, clock: Clock) -> Login:
    """Reach Xero with the login that is known, renewing it where that is due."""
    login = Login("xero", vault.settings.xero.api_url, flow=vault.settings.xero.flow)
    try:
        settings, kept = with_xero_secret(vault)
        login = replace(login, kept=kept)
        access = xero_access(settings)
        with XeroOAuth(access, clock) as oauth, naming_secret(settings.xero.client_secret, XERO_SECRET):
            if not oauth.needs_login:
                return check_machine(oauth, login, vault)
            return _check_person(oauth, login, vault, clock)
    except VtxeroError as error:
        return login.failed(error)


def with_xero_secret(vault: Vault, secret: SecretStr | None = None) -> tuple[Settings, dict[str, str]]:
    """Give the settings with the app's secret where its flow has one, and where that lies.

    Raises:
        AuthError: the flow needs a secret, and none is known.
    """
    settings = vault.settings
    if GRANTS[settings.xero.flow] is Grant.PKCE:
        return settings, {}
    held = Held(secret, "", is_stored=False) if secret else vault.xero_secret()
    if held is None:
        raise no_secret(settings)
    xero = settings.xero.model_copy(update={"client_secret": held.secret})
    return settings.model_copy(update={"xero": xero}), ({"client_secret": held.place} if held.place else {})


def check_machine(oauth: XeroOAuth, login: Login, vault: Vault) -> Login:
    """Try a Custom Connection: it has no login of a person, and exactly one organisation.

    Raises:
        AuthError, TemporaryError: it does not serve.
    """
    token = oauth.client_credentials()
    vault.learn_token(token)
    login = replace(login, who=f"the app {oauth.access.client_id}", scopes=token.scopes)
    found = oauth.connections(token.access.get_secret_value())
    if not found and not oauth.access.tenant_id:
        return _with_scopes(login, oauth.access)
    return _settled(login, found, oauth.access.tenant_id, oauth.access)


def _check_person(oauth: XeroOAuth, login: Login, vault: Vault, clock: Clock) -> Login:
    keeper = vault.token_keeper()
    stored = keeper.load()
    if stored is None:
        raise AuthError("Nobody has logged in to Xero yet.", remedy=LOG_IN)
    login = _told(login, stored, vault)
    try:
        found = _reach(TokenSource(keeper, oauth, clock), oauth)
    except VtxeroError as error:
        return login.failed(error)
    fresh = keeper.load() or stored
    return _settled(_told(login, fresh, vault), found, oauth.access.tenant_id or fresh.tenant_id, oauth.access)


def _told(login: Login, token: Token, vault: Vault) -> Login:
    """Take over what a stored token says."""
    return replace(
        login,
        who=token.who,
        scopes=token.scopes,
        tenant_id=vault.settings.xero.tenant_id or token.tenant_id,
        until=token.expires_at - ACCESS_LIFE + REFRESH_LIFE if token.refresh else token.expires_at,
        kept={"token": vault.place, **login.kept},
    )


def _reach(tokens: TokenSource, oauth: XeroOAuth) -> list[Connection]:
    """List the organisations; a bearer that Xero refuses though it should live is renewed once."""
    bearer = tokens.bearer()
    try:
        return oauth.connections(bearer)
    except AuthError:
        return oauth.connections(tokens.renew(bearer))


def _settled(login: Login, found: list[Connection], tenant_id: str, access: XeroAccess) -> Login:
    """Say whether the chosen organisation is reached, and with all scopes."""
    chosen = [item for item in found if item.tenant_id.lower() == tenant_id.lower()]
    if not tenant_id and len(found) == 1 and access.grant is Grant.CLIENT_CREDENTIALS:
        chosen = found
    if not chosen:
        login = replace(login, choices=() if tenant_id else tuple(found))
        return login.failed(unreached(found, tenant_id, access))
    login = replace(login, organisation=chosen[0].name, tenant_id=chosen[0].tenant_id)
    return _with_scopes(login, access)


def _with_scopes(login: Login, access: XeroAccess) -> Login:
    """Compare the scopes asked for with those granted; an answer that names none says nothing."""
    wanted = [scope for scope in access.wanted_scopes if scope.startswith("accounting.")]
    missing = tuple(scope for scope in wanted if login.scopes and scope not in login.scopes)
    if not missing:
        return login
    error = AuthError(
        f"The login lacks the scopes {', '.join(missing)}.",
        remedy="Give the app these scopes at developer.xero.com, then run `vtxero auth xero`.",
    )
    return replace(login, missing_scopes=missing).failed(error)


def unreached(found: list[Connection], tenant_id: str, access: XeroAccess) -> AuthError:
    """Say that a login does not reach the organisation wanted, or that none is chosen."""
    if not found:
        return AuthError(
            "The login reaches no Xero organisation.",
            remedy="Run `vtxero auth xero`, and allow an organisation on Xero's page.",
        )
    names = "; ".join(f"{item.name or 'without a name'} = {item.tenant_id}" for item in found)
    if tenant_id:
        pinned = tenant_id == access.tenant_id
        which = "which xero.tenant_id (or VTXERO_XERO_TENANT_ID) names" if pinned else "which was chosen at the login"
        return AuthError(
            f"The login does not reach the organisation {tenant_id}, {which}. It reaches: {names}.",
            remedy=wrong_tenant(access) if pinned else "Run `vtxero auth xero` and allow it on Xero's page once more.",
        )
    return AuthError(
        f"No Xero organisation is chosen. The login reaches: {names}.",
        remedy="Set xero.tenant_id in the config to the id of one of them, or run `vtxero auth` on a terminal.",
    )

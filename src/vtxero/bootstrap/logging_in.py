"""Logging in to both services, and out again; a `Desk` is where a person is asked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from pydantic import SecretStr

from vtxero.bootstrap.logins import (
    Login,
    check_machine,
    check_vtiger,
    check_xero,
    unreached,
    with_xero_secret,
)
from vtxero.bootstrap.services import GRANTS, XERO_SECRET, naming_secret, xero_access
from vtxero.bootstrap.vault import Held, Vault
from vtxero.config.secrets import no_key, no_secret
from vtxero.errors import AuthError, TemporaryError
from vtxero.sync.ports import Clock
from vtxero.xero.access import Grant, XeroAccess
from vtxero.xero.callback import RedirectListener
from vtxero.xero.login import AGAIN, LoginAttempt, WrongAddressError, begin_login, read_redirect
from vtxero.xero.oauth import Connection, XeroOAuth
from vtxero.xero.tokens import Token

BROWSER_SECONDS = 300.0
"""How long to wait for a person in a browser: as long as Xero's code would live."""


class Desk(Protocol):
    """Where somebody is asked and told; every question gives a blank, or None, where nobody answers."""

    def secret(self, what: str, *, stored: bool) -> str:
        """Ask for a secret, without echo; blank keeps the one that is stored."""
        ...

    def browse(self, url: str) -> None:
        """Open an address in the browser of this machine, or show it."""
        ...

    def redirect(self, url: str) -> str:
        """Show an address to be opened anywhere, and take the one that the browser ends at."""
        ...

    def redirect_again(self, error: AuthError) -> str:
        """Say what is wrong with the address that was given, and take another one; blank where nobody answers."""
        ...

    def choose(self, names: Sequence[str]) -> int | None:
        """Let one of several be chosen."""
        ...


class LoginFailedError(AuthError):
    """A login that was tried and does not serve; its exit code is that of the cause."""

    def __init__(self, login: Login) -> None:
        super().__init__(login.problem, remedy=login.remedy)
        self.exit_code = login.exit_code


def log_in_vtiger(vault: Vault, desk: Desk) -> Login:
    """Take an access key, try it, and store it when it serves.

    Raises:
        AuthError: no key was given, or Vtiger does not accept it; what is stored stays.
        LoginFailedError: Vtiger cannot be reached, or is none.
    """
    held = vault.vtiger_key()
    typed = _new_secret(vault, desk, held, f"Access key of {vault.settings.vtiger.username}")
    if held is None and typed is None:
        raise no_key(vault.settings)
    login = check_vtiger(vault, typed)
    if login.problem:
        raise LoginFailedError(login)
    if typed is None:
        return login
    vault.keep_vtiger_key(typed)
    return replace(login, kept={"access_key": vault.place})


def log_in_xero(vault: Vault, desk: Desk, clock: Clock, *, with_browser: bool) -> Login:
    """Log in to Xero as the flow of the settings wants it, and store what serves.

    Raises:
        AuthError: nobody logged in, or the login does not serve.
        ConfigError: the browser cannot come back to this machine.
        TemporaryError: Xero cannot be reached.
    """
    typed = None
    if GRANTS[vault.settings.xero.flow] is not Grant.PKCE:
        held = vault.xero_secret()
        typed = _new_secret(vault, desk, held, f"Client secret of the app {vault.settings.xero.client_id}")
        if held is None and typed is None:
            raise no_secret(vault.settings)
    settings, _ = with_xero_secret(vault, typed)
    secret = settings.xero.client_secret
    with XeroOAuth(xero_access(settings), clock) as oauth, naming_secret(secret, XERO_SECRET):
        if oauth.needs_login:
            _log_in_person(oauth, vault, desk, typed, with_browser=with_browser)
        else:
            login = check_machine(oauth, Login("xero", settings.xero.api_url), vault)
            if login.problem:
                raise LoginFailedError(login)
            _keep_secret(vault, typed)
    login = check_xero(vault, clock)
    if login.problem:
        raise LoginFailedError(login)
    return login


def choose_organisation(vault: Vault, desk: Desk, clock: Clock, found: Sequence[Connection]) -> Login:
    """Choose the organisation of a login that is good but for that.

    Raises:
        AuthError: nobody chose.
    """
    keeper = vault.token_keeper()
    chosen = _choose(found, replace(xero_access(vault.settings), tenant_id=""), before="", desk=desk)
    with keeper.lock():
        token = keeper.load()
        if token is not None:
            keeper.save(replace(token, tenant_id=chosen.tenant_id))
    return check_xero(vault, clock)


def _log_in_person(oauth: XeroOAuth, vault: Vault, desk: Desk, secret: SecretStr | None, *, with_browser: bool) -> None:
    attempt = begin_login(oauth.access)
    vault.learn(attempt.verifier)
    code = read_redirect(attempt, _by_browser(oauth, desk, attempt)) if with_browser else _pasted(desk, attempt)
    vault.learn(code)
    token = oauth.exchange(attempt, code)
    vault.learn_token(token)
    _keep_secret(vault, secret)
    try:
        found = oauth.connections(token.access.get_secret_value())
        chosen = _choose(found, oauth.access, before=_tenant_before(vault), desk=desk)
    except (NotChosenError, TemporaryError):
        # Kept all the same: only the organisation is open, and nobody has to log in again for that.
        _save(vault, token)
        raise
    _save(vault, replace(token, tenant_id=chosen.tenant_id))


def _pasted(desk: Desk, attempt: LoginAttempt) -> str:
    """Take the code out of the address that is pasted, and ask for a wrong one again: the attempt goes on.

    Raises:
        AuthError: none was given, or Xero said no.
    """
    redirect = desk.redirect(attempt.url)
    while True:
        if not redirect:
            raise AuthError("No address was given, so nobody is logged in.", remedy=AGAIN)
        try:
            return read_redirect(attempt, redirect)
        except WrongAddressError as error:
            redirect = desk.redirect_again(error)
            if not redirect:
                raise


def _by_browser(oauth: XeroOAuth, desk: Desk, attempt: LoginAttempt) -> str:
    """Wait on this machine for the browser to come back."""
    with RedirectListener(oauth.access.redirect_uri) as listener:
        desk.browse(attempt.url)
        redirect = listener.wait(BROWSER_SECONDS)
    if not redirect:
        raise AuthError(
            f"Nobody logged in within {BROWSER_SECONDS / 60:.0f} minutes.",
            remedy="Start once more; where this machine has no browser: `vtxero auth xero --no-browser`.",
        )
    return redirect


class NotChosenError(AuthError):
    """The login reaches several organisations, and nobody said which one is meant."""


def _choose(found: Sequence[Connection], access: XeroAccess, *, before: str, desk: Desk) -> Connection:
    """Take the organisation pinned in the config, the only one, the one of the login before, or ask."""
    named = {item.tenant_id.lower(): item for item in found}
    pinned = access.tenant_id
    if pinned or not found:
        if pinned.lower() not in named:
            raise unreached(list(found), pinned, access)
        return named[pinned.lower()]
    if len(found) == 1:
        return found[0]
    if before.lower() in named:
        return named[before.lower()]
    number = desk.choose([f"{item.name or 'without a name'} ({item.tenant_id})" for item in found])
    if number is None:
        error = unreached(list(found), "", access)
        raise NotChosenError(error.message, remedy=error.remedy)
    return found[number]


def _tenant_before(vault: Vault) -> str:
    """Give the organisation of the login that is replaced; one that cannot be read says nothing."""
    with suppress(AuthError):
        token = vault.token_keeper().load()
        return token.tenant_id if token else ""
    return ""


def _save(vault: Vault, token: Token) -> None:
    keeper = vault.token_keeper()
    with keeper.lock():
        keeper.save(token)


def _new_secret(vault: Vault, desk: Desk, held: Held | None, what: str) -> SecretStr | None:
    """Ask for a secret, unless config or environment hold one, which would win anyway."""
    if held is not None and not held.is_stored:
        return None
    typed = desk.secret(what, stored=held is not None).strip()
    vault.learn(typed)
    return SecretStr(typed) if typed else None


def _keep_secret(vault: Vault, secret: SecretStr | None) -> None:
    if secret is not None:
        vault.keep_xero_secret(secret)


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """What became of the logins: what was deleted here, what config and environment still hold, what went wrong."""

    revoked: bool
    deleted: tuple[str, ...]
    still_held: tuple[str, ...]
    problem: str = ""


def log_out(vault: Vault, clock: Clock) -> LoggedOut:
    """End the login at Xero, then delete what is stored.

    Raises:
        TemporaryError: Xero cannot be reached; nothing was deleted, or nobody could end the login any more.
    """
    revoked, problem = False, ""
    try:
        revoked = _revoke(vault, clock)
    except AuthError as error:
        problem = error.message
    settings = vault.settings
    held = {
        "vtiger.access_key": settings.vtiger.access_key,
        "xero.client_secret": settings.xero.client_secret,
    }
    still = tuple(f"{name} ({vault.origins.get(name, 'config')})" for name, value in held.items() if value)
    return LoggedOut(revoked, vault.forget(), still, problem)


def _revoke(vault: Vault, clock: Clock) -> bool:
    keeper = vault.token_keeper()
    with keeper.lock():
        token = keeper.load()
        if token is None or token.refresh is None:
            return False
        settings, _ = with_xero_secret(vault)
        with XeroOAuth(xero_access(settings), clock) as oauth:
            oauth.revoke(token)
    return True

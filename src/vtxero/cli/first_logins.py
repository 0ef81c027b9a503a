"""The first two steps of `vtxero init`: the login at Vtiger, then that at Xero, each answer tried when it is given.

Nothing is written: the draft of the config and the logins are held in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from vtxero.bootstrap import discovery
from vtxero.bootstrap.clock import SystemClock
from vtxero.bootstrap.logging_in import log_in_vtiger, log_in_xero
from vtxero.bootstrap.logins import check_xero
from vtxero.bootstrap.vault import Vault
from vtxero.cli.asking import WRONG, Asker, Question
from vtxero.cli.auth import Terminal
from vtxero.cli.former_config import Former
from vtxero.cli.logs import start_logging
from vtxero.cli.session import Session
from vtxero.cli.text import clean
from vtxero.config.load import Loaded, Sources, load_draft
from vtxero.config.secrets import open_store
from vtxero.config.staging import StagedStore
from vtxero.config.starter import Flow, Starter, starter_text
from vtxero.domain.hosts import is_loopback
from vtxero.domain.sides import Direction
from vtxero.errors import AuthError

if TYPE_CHECKING:
    from vtxero.bootstrap.logins import Login

PLACEHOLDER = "unknown-yet"
KEY, SECRET = "VTXERO_VTIGER_ACCESS_KEY", "VTXERO_XERO_CLIENT_SECRET"
FLOWS = (
    ("pkce", "by browser, with an app of the type Mobile or desktop (most people)"),
    ("client_credentials", "a Custom Connection: no browser, for servers; AU, NZ, UK and US only"),
    ("standard", "by browser, with an app of the type Web app, which has a secret"),
)


@dataclass(frozen=True, slots=True)
class Given:
    """What was given as flags; what is None is asked for."""

    vtiger_url: str | None
    username: str | None
    edition: str
    allow_http: bool
    client_id: str | None
    flow: str | None
    tenant: str
    stand_in: str
    modules: tuple[str, ...] | None
    direction: Direction | None
    accounts: dict[str, str | None]
    taxes: bool | None
    secrets_in_config: bool
    browser: bool


class FirstLogins:
    """The draft of a first config on its way through both logins."""

    def __init__(self, asker: Asker, path: Path, given: Given, former: Former) -> None:
        self._asker = asker
        self._session: Session = asker.session
        self._path = path
        self._given = given
        self._former = former
        self._terminal = _Desk(asker.session)
        self._staged: dict[str, str] = {}
        self.draft = Starter(
            "",
            PLACEHOLDER,
            given.edition,
            allow_http=given.allow_http or former.said("vtiger", "allow_http") == "true",
            client_id=PLACEHOLDER,
            tenant_id=given.tenant,
            stand_in=given.stand_in or _stand_in(former),
            profile=asker.session.options.profile or former.said("profile") or "",
            kept=former.kept,
        )

    def reach_vtiger(self) -> None:
        """Ask for the address, the user and the key, each until it serves."""
        given, former = self._given, self._former
        address = Question(
            "Vtiger's address, as in the browser", "--vtiger-url", former.said("vtiger", "url"), "VTXERO_VTIGER_URL"
        )
        self._asker.checked(address, self._take_address, given=given.vtiger_url)
        user = Question(
            "Login name of the API user in Vtiger",
            "--vtiger-username",
            former.said("vtiger", "username"),
            "VTXERO_VTIGER_USERNAME",
        )
        name, login = given.username, None
        while login is None:
            name = self._asker.checked(user, self._take_user, given=name)
            login = self._try_keys()
            user, name = replace(user, suggestion=name), None
        self._session.say(f"Vtiger: logged in as {clean(login.who)} at {clean(login.address)}.")

    def _take_address(self, url: str) -> str:
        """Knock at an address.

        Raises:
            ConfigError, TemporaryError, AuthError: no Vtiger answers there.
        """
        own = self._former.said("state_dir") or _own_state(self._path, url)
        if _is_plain(url) and not self.draft.allow_http and self._session.may_ask:
            sure = "That is plain http: anybody on the way can read login and books. Use it all the same?"
            self.draft = replace(self.draft, allow_http=self._asker.yes(sure, default=False))
        self.draft = replace(self.draft, vtiger_url=url.strip(), state_dir=own)
        self.draft = replace(self.draft, vtiger_url=self.loaded().settings.vtiger.url)
        if self._session.may_ask:
            discovery.greet_vtiger(self.loaded().settings)
        return self.draft.vtiger_url

    def _take_user(self, name: str) -> str:
        """Ask Vtiger whether it knows a user, where it tells.

        Raises:
            ConfigError, TemporaryError, AuthError: it does not.
        """
        self.draft = replace(self.draft, username=name.strip(), access_key="")
        settings = self.loaded().settings
        if self._session.may_ask and discovery.greet_vtiger(settings).knows_user is False:
            raise AuthError(
                f"This Vtiger has no active user {name.strip()!r}.", remedy="It is the login name, not the e-mail."
            )
        return name.strip()

    def _try_keys(self) -> Login | None:
        """Ask for the access key until it serves; None where the user is to be asked for again."""
        desk = _Desk(self._session)
        while True:
            desk.typed.clear()
            try:
                if self._in_config("vtiger", "access_key"):
                    self.draft = replace(self.draft, access_key=self._key(desk))
                return log_in_vtiger(self.vault(), desk)
            except WRONG as error:
                if desk.typed == [""]:
                    if not self._session.may_ask:
                        raise _not_given("Vtiger's access key", KEY) from error
                    self._session.complain("No key was given, so the login name is asked for again.")
                    return None
                self._asker.again(error)
                if not desk.typed:
                    return None
                self._session.complain("Enter alone asks for the login name again.")

    def reach_xero(self) -> None:
        """Ask for the app until it serves, and pin the organisation that it reaches."""
        given, former = self._given, self._former
        flow, client_id, login = given.flow, given.client_id, None
        ways = Question("How to log in to Xero", "--xero-flow", former.said("xero", "flow") or "pkce")
        app = Question(
            "Client id of your app (developer.xero.com/app/manage)",
            "--xero-client-id",
            former.said("xero", "client_id"),
            "VTXERO_XERO_CLIENT_ID",
        )
        while login is None:
            flow = flow or self._asker.choice(ways, FLOWS)
            self.draft = replace(self.draft, flow=_flow(flow))
            client_id = self._asker.checked(app, self._take_app, given=client_id)
            try:
                login = self._log_in_xero()
            except WRONG as error:
                self._asker.again(error)
                ways, app = replace(ways, suggestion=flow), replace(app, suggestion=client_id)
                # An app of another type is not granted the scopes: then the way may be what is wrong.
                flow, client_id = None if "scopes" in error.message else flow, None
        self._session.say(f"Xero: logged in to {clean(login.organisation) or 'the organisation of the app'}.")
        self.draft = replace(self.draft, tenant_id=login.tenant_id, tenant_name=login.organisation)

    def _take_app(self, client_id: str) -> str:
        self.draft = replace(self.draft, client_id=client_id.strip(), client_secret="")
        self.loaded()
        return client_id.strip()

    def _log_in_xero(self) -> Login:
        """Log in, unless the login of the config that is replaced still serves."""
        draft, clock = self.draft, SystemClock()
        is_former = (draft.flow, draft.client_id) == tuple(
            self._former.said("xero", it) for it in ("flow", "client_id")
        )
        if is_former and draft.flow != "client_credentials":
            found = check_xero(self.vault(is_staged=False), clock)
            if not found.problem:
                return found
        if self._in_config("xero", "client_secret") and draft.flow != "pkce":
            self.draft = replace(draft, client_secret=self._secret())
        try:
            return log_in_xero(self.vault(), self._terminal, clock, with_browser=self._given.browser)
        except AuthError as error:
            if self._terminal.typed == [""] and not self._session.may_ask:
                raise _not_given("Xero's client secret", SECRET) from error
            raise

    def _in_config(self, section: str, key: str) -> bool:
        """Whether a secret is to stand in the config: as asked for, or as it was."""
        return self._given.secrets_in_config or bool(self._former.said(section, key))

    def _key(self, desk: Terminal) -> str:
        held = self.loaded().settings.vtiger.access_key
        same = (self.draft.vtiger_url, self.draft.username)
        former = self._former.settings.vtiger if self._former.settings else None
        before = self._former.said("vtiger", "access_key") if former and (former.url, former.username) == same else None
        what = f"Access key of {self.draft.username}"
        return self._learnt(held.get_secret_value() if held else desk.secret(what, stored=bool(before)) or before or "")

    def _secret(self) -> str:
        held = self.loaded().settings.xero.client_secret
        same = self.draft.client_id == self._former.said("xero", "client_id")
        before = self._former.said("xero", "client_secret") if same else None
        asked = "Client secret of the app"
        return self._learnt(
            held.get_secret_value() if held else self._terminal.secret(asked, stored=bool(before)) or before or ""
        )

    def _learnt(self, secret: str) -> str:
        self._session.redactor.add(secret)
        return secret.strip()

    def loaded(self) -> Loaded:
        """Read the draft as a run will read it.

        Raises:
            ConfigError: an answer is wrong.
        """
        session = self._session
        loaded = load_draft(starter_text(self.draft), self._path, Sources(profile=session.options.profile))
        session.learn(loaded.settings)
        verbose, quiet = session.options.verbose, session.options.quiet
        start_logging(loaded.settings.log, verbose=verbose, quiet=quiet, redactor=session.redactor)
        return loaded

    def vault(self, *, is_staged: bool = True) -> Vault:
        """Open the secrets: those of this draft, which are only tried yet, or only what is kept."""
        loaded, warn, learn = self.loaded(), self._session.warn, self._session.redactor.add
        return Vault(loaded.settings, loaded.origins, warn, learn, self.store(loaded) if is_staged else None)

    def store(self, loaded: Loaded) -> StagedStore:
        """Open the place for secrets, with those that are only tried yet over it."""
        return StagedStore(partial(open_store, loaded.settings, self._session.warn), self._staged)


@dataclass(frozen=True, slots=True)
class _Desk(Terminal):
    """Remembers what was typed last, to tell a key that was typed from one that a variable holds."""

    typed: list[str] = field(default_factory=list)

    def secret(self, what: str, *, stored: bool) -> str:
        """Ask without echo; blank keeps the one stored."""
        text = Terminal.secret(self, what, stored=stored)
        self.typed[:] = [text.strip()]
        return text


def _not_given(what: str, variable: str) -> AuthError:
    return AuthError(
        f"{what} is not given, and nobody can be asked here.", remedy=f"Set the variable {variable}, or pipe it in."
    )


def _flow(text: str) -> Flow:
    """Take one of the ways; options and choices offer no other."""
    return cast("Flow", text)


def _own_state(path: Path, url: str) -> str:
    """Give stand-ins on this machine a state beside the config: a profile's state belongs to one Vtiger for good."""
    return f"{path.stem}-state" if is_loopback(urlsplit(url.strip()).hostname or "") else ""


def _is_plain(url: str) -> bool:
    parts = urlsplit(url.strip())
    return parts.scheme == "http" and bool(parts.hostname) and not is_loopback(parts.hostname or "")


def _stand_in(former: Former) -> str:
    """Give the address of the stand-in for Xero that the old config leads to."""
    found = former.said("xero", "api_url") or ""
    return found.removesuffix("/api.xro/2.0") if is_loopback(urlsplit(found).hostname or "") else ""

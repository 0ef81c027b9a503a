"""The steps of `vtxero init`: log in here, log in there, look, ask what is a matter of taste, write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, cast, get_args
from urllib.parse import urlsplit

from vtxero.bootstrap import discovery
from vtxero.bootstrap.clock import SystemClock
from vtxero.bootstrap.logging_in import log_in_vtiger, log_in_xero
from vtxero.bootstrap.vault import Vault
from vtxero.cli import arguments
from vtxero.cli.asking import Asker, Question
from vtxero.cli.auth import Terminal
from vtxero.cli.logs import start_logging
from vtxero.cli.session import Session
from vtxero.cli.text import clean
from vtxero.config.files import write_private
from vtxero.config.load import FILE_NAME, Loaded, Sources, load_draft
from vtxero.config.settings import ModulesSettings
from vtxero.config.starter import COMMENTS, Account, Flow, Starter, starter_text
from vtxero.domain.codes import Code
from vtxero.domain.hosts import is_loopback
from vtxero.domain.reasons import REASONS
from vtxero.domain.sides import Direction
from vtxero.errors import AuthError, ConfigError, StopError, TemporaryError
from vtxero.rules.accounts import account_problem, payment_account_problem

if TYPE_CHECKING:
    from vtxero.bootstrap.discovery import Discovery
    from vtxero.domain.reference import LedgerAccount

PLACEHOLDER = "unknown-yet"
FLOWS = (
    ("pkce", "by browser, with an app of the type Mobile or desktop (most people)"),
    ("client_credentials", "a Custom Connection: no browser, for servers; AU, NZ, UK and US only"),
    ("standard", "by browser, with an app of the type Web app, which has a secret"),
)
WAYS = (("both", ""), ("to-xero", "from Vtiger only"), ("to-vtiger", "from Xero only"))
WRONG = (ConfigError, AuthError, TemporaryError)
"""What an answer can be the cause of: it is asked again."""


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


class FirstConfig:
    """One first config on its way. `make` raises ConfigError, AuthError, TemporaryError and StopError."""

    def __init__(self, session: Session, path: Path, given: Given) -> None:
        self._session = session
        self._path = path
        self._given = given
        self._asker = Asker(session)
        self._terminal = Terminal(session)
        self._draft = Starter(
            "",
            "",
            given.edition,
            allow_http=given.allow_http,
            client_id=PLACEHOLDER,
            tenant_id=given.tenant,
            stand_in=given.stand_in,
            profile=session.options.profile or "",
        )

    def make(self) -> None:
        """Go through all steps; the config is written at the end, or not at all."""
        self._reach_vtiger()
        self._reach_xero()
        found = discovery.discover(self._loaded().settings, self._vault(), SystemClock())
        _check_currency(found)
        self._tell(found)
        self._choose(found)
        self._write()

    # logging in

    def _reach_vtiger(self) -> None:
        """Ask for address, user and key until they serve."""
        told = [(self._given.vtiger_url, self._given.username)]

        def ask() -> Starter:
            url, username = told.pop() if told else (None, None)
            url = url or self._asker.text(Question("Vtiger's address, as in the browser", "--vtiger-url"))
            username = username or self._asker.text(
                Question("Login name of the API user in Vtiger", "--vtiger-username")
            )
            self._draft = replace(
                self._draft, vtiger_url=url.strip(), username=username.strip(), state_dir=_own_state(self._path, url)
            )
            if self._given.secrets_in_config:
                self._draft = replace(self._draft, access_key=self._key())
            login = log_in_vtiger(self._vault(), self._terminal)
            self._session.say(f"Vtiger: logged in as {clean(login.who)} at {clean(login.address)}.")
            return self._draft

        self._asker.until_right(ask, WRONG)

    def _reach_xero(self) -> None:
        """Ask for the app until it serves, and pin the organisation that it reaches."""
        told = [(self._given.client_id, self._given.flow)]

        def ask() -> Starter:
            client_id, flow = told.pop() if told else (None, None)
            flow = flow or self._asker.choice(Question("How to log in to Xero", "--xero-flow", "pkce"), FLOWS)
            client_id = client_id or self._asker.text(
                Question("Client id of your app (developer.xero.com/app/manage)", "--xero-client-id")
            )
            self._draft = replace(self._draft, client_id=client_id.strip(), flow=_flow(flow))
            if self._given.secrets_in_config and self._draft.flow != "pkce":
                self._draft = replace(self._draft, client_secret=self._secret())
            login = log_in_xero(self._vault(), self._terminal, SystemClock(), with_browser=self._given.browser)
            self._session.say(f"Xero: logged in to {clean(login.organisation) or 'the organisation of the app'}.")
            self._draft = replace(self._draft, tenant_id=login.tenant_id, tenant_name=login.organisation)
            return self._draft

        self._asker.until_right(ask, WRONG)

    def _key(self) -> str:
        held = self._loaded().settings.vtiger.access_key
        what = f"Access key of {self._draft.username}"
        return self._learnt(held.get_secret_value() if held else self._terminal.secret(what, stored=False))

    def _secret(self) -> str:
        held = self._loaded().settings.xero.client_secret
        what = "Client secret of the app"
        return self._learnt(held.get_secret_value() if held else self._terminal.secret(what, stored=False))

    def _learnt(self, secret: str) -> str:
        self._session.redactor.add(secret)
        return secret.strip()

    def _loaded(self) -> Loaded:
        """Read the draft as a run will read it.

        Raises:
            ConfigError: an answer is wrong.
        """
        session = self._session
        loaded = load_draft(starter_text(self._draft), self._path, Sources(profile=session.options.profile))
        session.learn(loaded.settings)
        verbose, quiet = session.options.verbose, session.options.quiet
        start_logging(loaded.settings.log, verbose=verbose, quiet=quiet, redactor=session.redactor)
        return loaded

    def _vault(self) -> Vault:
        loaded = self._loaded()
        return Vault(loaded.settings, loaded.origins, self._session.warn, self._session.redactor.add)

    # choosing

    def _tell(self, found: Discovery) -> None:
        """Say what was found."""
        say, vtiger, xero = self._session.say, found.reference.vtiger, found.reference.xero.organisation
        say(f"Vtiger {clean(vtiger.version)}, {found.edition}; Xero: {clean(xero.name)}, {xero.base_currency}.")
        if found.matched:
            say(f"Taxes that match: {clean(', '.join(found.matched))}.")
        if found.unmatched:
            say(f"Taxes of Vtiger without a match in Xero: {clean(', '.join(found.unmatched))}.")
            say("Invoices with one are left alone until Xero has it, or taxes.map in the config names another.")

    def _choose(self, found: Discovery) -> None:
        """Ask for what is a matter of taste."""
        modules = self._given.modules or self._modules(found)
        taxes = self._given.taxes
        if taxes is None:
            taxes = "taxes" in modules or self._wants_taxes(found)
        modules = tuple(name for name in modules if name != "taxes") + (("taxes",) if taxes else ())
        way = self._given.direction or self._asker.choice(Question("Which way", "--direction", "both"), WAYS)
        self._draft = replace(
            self._draft,
            edition=found.edition,
            modules=modules,
            direction=str(way),
            accounts=self._accounts(found, modules),
            notes=tuple(f"  {line}" for line in found.hints),
        )

    def _modules(self, found: Discovery) -> tuple[str, ...]:
        defaults = ModulesSettings()
        usual = [name for name in arguments.MODULES if name in found.modules and getattr(defaults, name).enabled]
        self._session.say("What can be synced:")
        for name in arguments.MODULES:
            mark = "" if name in usual else _why_not(name, found)
            self._session.say(f"  {name}: {COMMENTS[name]}{mark}")
        question = Question("What to sync, with commas", "--modules", ",".join(usual))
        return self._asker.until_right(
            lambda: arguments.modules(self._asker.text(question).replace(",", " ").split()), (ConfigError,)
        )

    def _wants_taxes(self, found: Discovery) -> bool:
        if not found.new_in_vtiger or "taxes" not in found.modules:
            return False
        self._session.say(f"Xero's rates that Vtiger does not have: {clean(', '.join(found.new_in_vtiger))}.")
        return self._asker.yes("Make them in Vtiger? Each becomes a column there for good", default=False)

    def _accounts(self, found: Discovery, modules: tuple[str, ...]) -> dict[str, Account]:
        xero = found.reference.xero
        sales, banks = discovery.sales_accounts(xero), discovery.payment_accounts(xero)
        wanted = [
            ("invoices.sales_account", "Account of sales", sales, discovery.suggest_sales(xero)),
            ("invoices.shipping_account", "Account of shipping", sales, discovery.suggest_shipping(xero)),
        ]
        if found.has_payments:
            wanted.append(("payments.account", "Account of payments", banks, discovery.suggest_payments(xero)))
        return {
            key: self._account(found, key, text, choices, suggested)
            for key, text, choices, suggested in wanted
            if key.partition(".")[0] in modules
        }

    def _account(
        self, found: Discovery, key: str, text: str, choices: tuple[LedgerAccount, ...], suggested: LedgerAccount | None
    ) -> Account:
        module, _, option = key.partition(".")
        flag = f"--{module}-{option}" if option == "account" else f"--{option.replace('_', '-')}"
        question = Question(text, flag, suggested.code if suggested else None)
        code = self._given.accounts[key]
        if code is None:
            code = self._asker.choice(question, [(item.code, item.name) for item in choices if item.code])
        account = found.reference.xero.find_account(code)
        wrong = (payment_account_problem if module == "payments" else account_problem)(account, code)
        if wrong or account is None:
            shown = ", ".join(f"{item.code} - {item.name}" for item in choices)
            raise ConfigError(f"{flag}: {wrong}", remedy=f"Those that serve: {shown}.")
        return Account(account.code, account.name)

    # writing

    def _write(self) -> None:
        """Write the config, and say what to type next."""
        session, loaded = self._session, self._loaded()
        try:
            write_private(self._path, starter_text(self._draft))
        except OSError as error:
            raise ConfigError(
                f"{self._path} cannot be written: {error.strerror}.", remedy="Choose another place with --config."
            ) from error
        following = [f"{self._command()} doctor", f"{self._command()} sync --dry-run"]
        if session.wants_json:
            session.print_json({"version": 1, "file": str(self._path), "next": following})
            return
        session.say(f"Secrets: {self._place(loaded)}.")
        session.print_words("\n".join([f"Written: {self._path}", "Next:", *(f"  {line}" for line in following)]))

    def _command(self) -> str:
        if self._path == Path.cwd() / FILE_NAME:
            return "vtxero"
        if self._session.options.config is None:
            return self._session.command
        return f"vtxero --config {quote(str(self._session.options.config))}"

    def _place(self, loaded: Loaded) -> str:
        """Say where the secrets are."""
        if self._given.secrets_in_config:
            return "in the config, which only you can read"
        vault, flow = self._vault(), loaded.settings.xero.flow
        held = {"Vtiger's access key": vault.vtiger_key()}
        if flow != "pkce":
            held["Xero's client secret"] = vault.xero_secret()
        places = {what: found.place for what, found in held.items() if found}
        if flow != "client_credentials":
            places["Xero's login"] = vault.place
        together = {place: [what for what, where in places.items() if where == place] for place in places.values()}
        return "; ".join(f"{' and '.join(what)} in {place}" for place, what in together.items())


def _why_not(name: str, found: Discovery) -> str:
    """Say why a module does not suggest itself."""
    return " (off unless you want it)" if name in found.modules else " (this Vtiger has none)"


def _check_currency(found: Discovery) -> None:
    vtiger, xero = found.reference.vtiger.base_currency, found.reference.xero.organisation.base_currency
    if vtiger != xero:
        raise StopError(
            f"Vtiger's base currency is {vtiger or 'none'}, Xero's is {xero}: amounts cannot be synced between them.",
            code=Code.RUN_BASE_CURRENCY,
            remedy=REASONS[Code.RUN_BASE_CURRENCY].remedy,
        )


def _flow(text: str) -> Flow:
    names = get_args(Flow)
    if text.strip() not in names:
        raise ConfigError(f"There is no way to log in called {text!r}.", remedy=f"The ways are {', '.join(names)}.")
    return cast("Flow", text.strip())


def _own_state(path: Path, url: str) -> str:
    """Give stand-ins on this machine a state beside the config: a profile's state belongs to one Vtiger for good."""
    return f"{path.stem}-state" if is_loopback(urlsplit(url.strip()).hostname or "") else ""

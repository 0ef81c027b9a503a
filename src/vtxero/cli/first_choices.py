"""What of a first config is a matter of taste: modules, direction, taxes, accounts; asked with what suggests itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from vtxero.bootstrap import discovery
from vtxero.cli import arguments
from vtxero.cli.asking import Asker, Question
from vtxero.cli.text import clean
from vtxero.config.settings import ModulesSettings
from vtxero.config.starter import COMMENTS, Account, Starter
from vtxero.errors import ConfigError
from vtxero.rules.accounts import account_problem, payment_account_problem

if TYPE_CHECKING:
    from vtxero.bootstrap.discovery import Discovery
    from vtxero.cli.first_logins import Given
    from vtxero.cli.former_config import Former
    from vtxero.domain.reference import LedgerAccount

WAYS = (("both", ""), ("to-xero", "from Vtiger only"), ("to-vtiger", "from Xero only"))


@dataclass(frozen=True, slots=True)
class Choices:
    """The questions after both logins."""

    asker: Asker
    given: Given
    former: Former
    found: Discovery

    def made(self, draft: Starter) -> Starter:
        """Ask for what flags leave open, and write it into the draft."""
        modules = self.given.modules or self._modules()
        taxes = self.given.taxes
        if taxes is None:
            taxes = "taxes" in modules or self._wants_taxes()
        modules = tuple(name for name in modules if name != "taxes") + (("taxes",) if taxes else ())
        way = Question("Which way", "--direction", self.former.direction() or "both")
        return replace(
            draft,
            edition=self.found.edition,
            modules=modules,
            direction=str(self.given.direction or self.asker.choice(way, WAYS)),
            accounts=self._accounts(modules),
            notes=tuple(f"  {line}" for line in self.found.hints),
        )

    def _modules(self) -> tuple[str, ...]:
        defaults = ModulesSettings()
        able = [name for name in arguments.MODULES if name in self.found.modules]
        usual = [name for name in able if getattr(defaults, name).enabled]
        before = [name for name in able if name in self.former.enabled()]
        say = self.asker.session.say
        say("What can be synced:")
        for name in arguments.MODULES:
            say(f"  {name}: {COMMENTS[name]}{'' if name in usual else self._why_not(name)}")
        question = Question("What to sync, with commas", "--modules", ",".join(before or usual))
        return self.asker.checked(question, lambda answer: arguments.modules(answer.replace(",", " ").split()))

    def _why_not(self, name: str) -> str:
        """Say why a module does not suggest itself."""
        return " (off unless you want it)" if name in self.found.modules else " (this Vtiger has none)"

    def _wants_taxes(self) -> bool:
        if not self.found.new_in_vtiger or "taxes" not in self.found.modules:
            return False
        self.asker.session.say(f"Xero's rates that Vtiger does not have: {clean(', '.join(self.found.new_in_vtiger))}.")
        before = "taxes" in self.former.enabled()
        return self.asker.yes("Make them in Vtiger? Each becomes a column there for good", default=before)

    def _accounts(self, modules: tuple[str, ...]) -> dict[str, Account]:
        xero = self.found.reference.xero
        sales, banks = discovery.sales_accounts(xero), discovery.payment_accounts(xero)
        wanted = [
            ("invoices.sales_account", "Account of sales", sales, discovery.suggest_sales(xero)),
            ("invoices.shipping_account", "Account of shipping", sales, discovery.suggest_shipping(xero)),
        ]
        if self.found.has_payments:
            wanted.append(("payments.account", "Account of payments", banks, discovery.suggest_payments(xero)))
        return {
            key: self._account(key, text, choices, suggested)
            for key, text, choices, suggested in wanted
            if key.partition(".")[0] in modules
        }

    def _account(
        self, key: str, text: str, choices: tuple[LedgerAccount, ...], suggested: LedgerAccount | None
    ) -> Account:
        module, _, option = key.partition(".")
        flag = f"--{module}-{option}" if option == "account" else f"--{option.replace('_', '-')}"
        check = partial(self._serves, module, flag, choices)
        given = self.given.accounts[key]
        if given is not None:
            try:
                return check(given)
            except ConfigError as error:
                self.asker.again(error)
        before = self.former.said("modules", module, option)
        codes = [item.code for item in choices if item.code]
        usual = before if before in codes else suggested.code if suggested else None
        options = [(item.code, item.name) for item in choices if item.code]
        return self._until(check, lambda: self.asker.choice(Question(text, flag, usual), options))

    def _until(self, check: Callable[[str], Account], ask: Callable[[], str]) -> Account:
        while True:
            try:
                return check(ask())
            except ConfigError as error:
                self.asker.again(error)

    def _serves(self, module: str, flag: str, choices: tuple[LedgerAccount, ...], code: str) -> Account:
        """Give the account of a code.

        Raises:
            ConfigError: nothing can be booked on it.
        """
        account = self.found.reference.xero.find_account(code)
        wrong = (payment_account_problem if module == "payments" else account_problem)(account, code)
        if wrong or account is None:
            shown = ", ".join(f"{item.code} - {item.name}" for item in choices)
            raise ConfigError(f"{flag}: {wrong}", remedy=f"Those that serve: {shown}.")
        return Account(account.code, account.name)

"""`vtxero init` as a whole: log in here, log in there, look, ask what is a matter of taste, write.

Until the end nothing is written. Then config and logins are written together, or neither is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vtxero.bootstrap import discovery
from vtxero.bootstrap.clock import SystemClock
from vtxero.cli.advice import typed
from vtxero.cli.asking import Asker
from vtxero.cli.first_choices import Choices
from vtxero.cli.first_logins import KEY, SECRET, FirstLogins, Given
from vtxero.cli.former_config import Former, replace_config
from vtxero.cli.session import Session
from vtxero.cli.text import clean
from vtxero.config.load import FILE_NAME, Loaded
from vtxero.config.secrets import KeyringUnavailableError, vtiger_key_name, xero_secret_name, xero_token_name
from vtxero.config.starter import starter_text
from vtxero.config.yaml_source import read_text
from vtxero.domain.codes import Code
from vtxero.domain.reasons import REASONS
from vtxero.errors import AuthError, ConfigError, StopError, VtxeroError

if TYPE_CHECKING:
    from vtxero.bootstrap.discovery import Discovery


class FirstConfig:
    """One first config on its way. `make` raises ConfigError, AuthError, TemporaryError and StopError."""

    def __init__(self, session: Session, path: Path, given: Given, former: Former) -> None:
        self._session = session
        self._path = path
        self._given = given
        self._former = former
        self._asker = Asker(session, path)
        self._logins = FirstLogins(self._asker, path, given, former)

    def make(self) -> None:
        """Go through all steps; the config is written at the end, or not at all."""
        logins = self._logins
        self._session.warn_of_variables()
        try:
            self._check_given()
            logins.reach_vtiger()
            logins.reach_xero()
            found = discovery.discover(logins.loaded().settings, logins.vault(), SystemClock())
            _check_currency(found)
            self._tell(found)
            logins.draft = Choices(self._asker, self._given, self._former, found).made(logins.draft)
            self._write()
        except VtxeroError as error:
            self._asker.plainly(error)
            raise

    def _check_given(self) -> None:
        """Name all that is missing at once, where nobody can be asked.

        Raises:
            ConfigError: something is.
        """
        given = self._given
        if self._session.may_ask:
            return
        said = self._former.said
        needed = {
            "--vtiger-url": given.vtiger_url or said("vtiger", "url"),
            "--vtiger-username": given.username or said("vtiger", "username"),
            "--xero-client-id": given.client_id or said("xero", "client_id"),
        }
        missing = [flag for flag, value in needed.items() if not value]
        if missing:
            one = given.flow in {None, "pkce"}
            secrets = f"secret in the variable {KEY}" if one else f"secrets in the variables {KEY} and {SECRET}"
            raise ConfigError(
                f"Nobody can be asked here, and {_and(missing)} {'is' if len(missing) == 1 else 'are'} not given.",
                remedy=f"Give {'it' if len(missing) == 1 else 'them'}, with the {secrets}, "
                "or run this on a terminal without --no-input. `vtxero init --help` has an example.",
            )

    def _tell(self, found: Discovery) -> None:
        """Say what was found."""
        say, vtiger, xero = self._session.say, found.reference.vtiger, found.reference.xero.organisation
        say(f"Vtiger {clean(vtiger.version)}, {found.edition}; Xero: {clean(xero.name)}, {xero.base_currency}.")
        if found.matched:
            say(f"Taxes that match: {clean(', '.join(found.matched))}.")
        if found.unmatched:
            say(f"Taxes of Vtiger without a match in Xero: {clean(', '.join(found.unmatched))}.")
            say("Invoices with one are left alone until Xero has it, or taxes.map in the config names another.")

    # writing

    def _write(self) -> None:
        """Write config and logins, and say what to type next."""
        session, loaded = self._session, self._logins.loaded()
        chosen, store = loaded.settings, self._logins.store(loaded)
        try:
            with store.kept(vtiger_key_name(chosen), xero_secret_name(chosen), xero_token_name(chosen)):
                aside = replace_config(self._path, starter_text(self._logins.draft))
        except OSError as error:
            raise ConfigError(
                f"{self._path} cannot be written: {error.strerror}.", remedy="Choose another place with --config."
            ) from error
        except KeyringUnavailableError as error:
            raise AuthError(
                f"The keyring did not take the login: {error}.", remedy="Unlock it and run again."
            ) from error
        following = [f"{self._command()} doctor", f"{self._command()} sync --dry-run"]
        if session.wants_json:
            session.print_json({"version": 1, "file": str(self._path), "next": following})
            return
        session.say(f"Secrets: {self._place(loaded)}.")
        if aside:
            session.say(f"The config that was there is now {aside}.")
        session.print_words("\n".join([f"Written: {self._path}", "Next:", *(f"  {typed(line)}" for line in following)]))

    def _command(self) -> str:
        """How to call vtxero with this config."""
        session = self._session
        is_usual = self._path == Path.cwd() / FILE_NAME and not os.environ.get("VTXERO_CONFIG")
        return "vtxero" if is_usual and not session.options.profile else session.command

    def _place(self, loaded: Loaded) -> str:
        """Say where the secrets are: what the config holds lies there, even while a variable wins over it."""
        vault, flow = self._logins.vault(is_staged=False), loaded.settings.xero.flow
        held = {("vtiger", "access_key"): ("Vtiger's access key", vault.vtiger_key())}
        if flow != "pkce":
            held["xero", "client_secret"] = ("Xero's client secret", vault.xero_secret())
        written = read_text(starter_text(self._logins.draft), name=str(self._path)).places
        lines = {what: written[key] for key, (what, _) in held.items() if key in written}
        found_at = {what: found.place for what, found in held.values() if found}
        login = {"Xero's login": vault.place} if flow != "client_credentials" else {}
        said = _listed(found_at | lines | login)
        if lines:
            said += ". Only you can read that file"
        wins = [place for what, place in found_at.items() if what in lines and place != lines[what]]
        if wins:
            win, they = ("wins", "it is") if len(wins) == 1 else ("win", "they are")
            said += f"; {_and(wins)} {win} over it while {they} set"
        return said


def _check_currency(found: Discovery) -> None:
    vtiger, xero = found.reference.vtiger.base_currency, found.reference.xero.organisation.base_currency
    if vtiger != xero:
        raise StopError(
            f"Vtiger's base currency is {vtiger or 'none'}, Xero's is {xero}: amounts cannot be synced between them.",
            code=Code.RUN_BASE_CURRENCY,
            remedy=REASONS[Code.RUN_BASE_CURRENCY].remedy,
        )


def _listed(places: Mapping[str, str]) -> str:
    """Name what lies where, each place once."""
    together = {place: [what for what, where in places.items() if where == place] for place in places.values()}
    return "; ".join(f"{' and '.join(what)} in {place}" for place, what in together.items())


def _and(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last

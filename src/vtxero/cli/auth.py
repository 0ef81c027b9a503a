"""`vtxero auth`: logging in, who is logged in, logging out."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vtxero.cli.session import Session
from vtxero.errors import AuthError

if TYPE_CHECKING:
    from vtxero.bootstrap.logins import Login
    from vtxero.bootstrap.vault import Vault

NOT_LOGGED_IN = 4
NAMES = {"vtiger": "Vtiger", "xero": "Xero"}
KEPT = {"access_key": "access key", "client_secret": "client secret", "token": "login"}

app = typer.Typer(rich_markup_mode=None, no_args_is_help=False)


@app.callback(invoke_without_command=True)
def auth(ctx: typer.Context) -> int:
    """Log in to whatever is not logged in yet, then say what is.

    \b
    Examples:
      vtxero auth
      vtxero auth status
      vtxero auth xero --no-browser      (on a server)
    """
    if ctx.invoked_subcommand is not None:
        return 0
    from vtxero.bootstrap.logging_in import choose_organisation, log_in_vtiger, log_in_xero
    from vtxero.bootstrap.logins import check_vtiger, check_xero

    session: Session = ctx.obj
    vault, desk, clock = _open(session)
    vtiger = check_vtiger(vault)
    if vtiger.exit_code == NOT_LOGGED_IN:
        vtiger = log_in_vtiger(vault, desk)
    xero = check_xero(vault, clock)
    if xero.choices:
        xero = choose_organisation(vault, desk, clock, xero.choices)
    elif xero.exit_code == NOT_LOGGED_IN:
        xero = log_in_xero(vault, desk, clock, with_browser=True)
    return _show(session, (vtiger, xero))


@app.command("xero")
def xero(
    ctx: typer.Context,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address, and take the one that the browser ends at.")
    ] = False,
    client_credentials: Annotated[
        bool, typer.Option("--client-credentials", help="A Custom Connection: client id and secret, no person.")
    ] = False,
) -> int:
    """Log in to Xero, as xero.flow in the config says.

    pkce and standard open a browser on this machine. With --no-browser the address may be opened on another one: it
    ends at a page that does not load, and the address of that page is what is asked for.

    \b
    Examples:
      vtxero auth xero
      vtxero auth xero --no-browser
      vtxero auth xero --client-credentials < secret.txt
    """
    from vtxero.bootstrap.logging_in import log_in_xero

    session: Session = ctx.obj
    flags = {"xero.flow": ("--client-credentials", "client_credentials")} if client_credentials else {}
    vault, desk, clock = _open(session, flags)
    found = log_in_xero(vault, desk, clock, with_browser=not no_browser)
    if client_credentials and session.load().settings.xero.flow != "client_credentials":
        session.warn("The config does not say so yet: set xero.flow to client_credentials, or runs log in otherwise.")
    return _show(session, (found,))


@app.command("vtiger")
def vtiger(ctx: typer.Context) -> int:
    """Take Vtiger's access key, try it by a login, and store it.

    It is asked for without echo, or read from stdin when that is no terminal.

    \b
    Examples:
      vtxero auth vtiger
      vtxero auth vtiger < key.txt
    """
    from vtxero.bootstrap.logging_in import log_in_vtiger

    session: Session = ctx.obj
    vault, desk, _ = _open(session)
    return _show(session, (log_in_vtiger(vault, desk),))


@app.command("status")
def status(ctx: typer.Context) -> int:
    """Say who is logged in where, until when, and where that is kept. Both logins are tried.

    Exit code 4 when something is missing.

    \b
    Examples:
      vtxero auth status
      vtxero auth status -o json
    """
    from vtxero.bootstrap.logins import check_logins

    session: Session = ctx.obj
    vault, _, clock = _open(session)
    return _show(session, check_logins(vault, clock))


@app.command("logout")
def logout(ctx: typer.Context) -> int:
    """End the login at Xero, and delete what is stored here.

    Xero ends all connections of that person to the app, those of other profiles included.

    \b
    Example:
      vtxero auth logout
    """
    from vtxero.bootstrap.logging_in import log_out

    session: Session = ctx.obj
    vault, _, clock = _open(session)
    done = log_out(vault, clock)
    if done.problem:
        session.warn(f"{done.problem} The login at Xero may go on: end it there, under Connected apps.")
    if session.wants_json:
        session.print_json(
            {
                "version": 1,
                "revoked": done.revoked,
                "deleted": list(done.deleted),
                "still_held": list(done.still_held),
                "exit_code": 0,
            }
        )
    elif not session.options.quiet:
        session.print_words("Revoked at Xero." if done.revoked else "There was no login to revoke at Xero.")
        session.print_words(f"Deleted here: {', '.join(done.deleted) or 'nothing, for nothing was stored'}.")
        if done.still_held:
            session.print_words(f"Still set: {', '.join(done.still_held)}.")
    return 0


def _open(session: Session, flags: Mapping[str, tuple[str, str]] | None = None) -> tuple[Vault, Terminal, Any]:
    from vtxero.bootstrap.clock import SystemClock
    from vtxero.bootstrap.vault import Vault

    loaded = session.load(flags)
    vault = Vault(loaded.settings, loaded.origins, session.warn, session.redactor.add)
    return vault, Terminal(session), SystemClock()


@dataclass(frozen=True, slots=True)
class Terminal:
    """Asks the person at the terminal; where there is none, secrets and addresses are read from stdin."""

    session: Session

    def secret(self, what: str, *, stored: bool) -> str:
        """Ask without echo; blank keeps the one stored."""
        if self.session.may_ask:
            keep = " (Enter keeps the stored one)" if stored else ""
            return str(typer.prompt(f"{what}{keep}", default="", show_default=False, hide_input=True, err=True))
        return "" if sys.stdin.isatty() else _line()

    def browse(self, url: str) -> None:
        """Open the browser; the address is shown as well, for it may not open."""
        if self.session.options.no_input:
            raise AuthError(
                "Logging in to Xero needs a person at a browser, and --no-input allows none.",
                remedy="Run `vtxero auth xero` without it, or use a Custom Connection.",
            )
        import webbrowser

        self.session.complain("Log in to Xero in the browser. If it does not open, go to:")
        typer.echo(url, err=True)
        webbrowser.open(url)

    def redirect(self, url: str) -> str:
        """Show the address, take the pasted one."""
        self.session.complain("Open this address in a browser, on any machine, and log in:")
        typer.echo(url, err=True)
        self.session.complain("It ends at an address on localhost that does not load; that is as it should be.")
        if self.session.may_ask:
            return str(typer.prompt("Paste that address here", default="", show_default=False, err=True))
        return "" if sys.stdin.isatty() else _line()

    def redirect_again(self, error: AuthError) -> str:
        """Say what is wrong, take another one; Enter alone gives up."""
        if not self.session.may_ask:
            return ""
        self.session.complain(f"{error.message} Copy it whole, from http to its end.")
        return str(typer.prompt("Paste that address here", default="", show_default=False, err=True))

    def choose(self, names: Sequence[str]) -> int | None:
        """Let a person choose by number."""
        if not self.session.may_ask:
            return None
        from vtxero.cli.text import clean

        for number, name in enumerate(names, start=1):
            self.session.complain(f"  {number}  {clean(name)}")
        number = 0
        while not 1 <= number <= len(names):
            number = typer.prompt(f"Which organisation (1 to {len(names)})", type=int, err=True)
        return number - 1


def _line() -> str:
    return sys.stdin.readline().strip()


def _show(session: Session, logins: Sequence[Login]) -> int:
    """Print the logins as asked for, and give the exit code."""
    from vtxero.sync.severity import gravest

    code = gravest(login.exit_code for login in logins)
    told = session.print_examined("logins", [_document(login) for login in logins], code)
    if not told and (code or not session.options.quiet):
        session.print_words("\n".join(line for login in logins for line in _lines(session, login)))
    return code


def _lines(session: Session, login: Login) -> list[str]:
    """Tell one login: a line of its own, then indented ones."""
    from vtxero.cli.text import clean

    who = login.who or "somebody whom Xero does not name"
    facts = {
        "what to do": session.with_command(login.remedy),
        "organisation": f"{login.organisation or 'not reached'} ({login.tenant_id})" if login.tenant_id else "",
        "scopes": " ".join(login.scopes),
        "lasts until": f"{login.until:%Y-%m-%d}, and longer with every use" if login.until else "",
        **{KEPT[what]: f"in {place}" for what, place in login.kept.items()},
    }
    head = f"{NAMES[login.service]}: {login.problem or f'logged in as {who}, at {login.address}'}"
    return [clean(head), *(f"  {what}: {clean(text)}" for what, text in facts.items() if text)]


def _document(login: Login) -> dict[str, Any]:
    from vtxero.cli.document import moment

    return {
        "service": login.service,
        "ok": not login.problem,
        "who": login.who,
        "address": login.address,
        "flow": login.flow or None,
        "organisation": login.organisation or None,
        "tenant_id": login.tenant_id or None,
        "scopes": list(login.scopes),
        "missing_scopes": list(login.missing_scopes),
        "until": moment(login.until),
        "kept": dict(login.kept),
        "problem": login.problem or None,
        "remedy": login.remedy or None,
        "exit_code": login.exit_code,
    }

"""`vtxero init`: a first config, from a few questions and a look at both services."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import typer

from vtxero.cli import arguments, options
from vtxero.cli.session import Session
from vtxero.config.files import private_folder
from vtxero.config.load import FILE_NAME
from vtxero.config.settings import APP
from vtxero.errors import ConfigError, DeclinedError

if TYPE_CHECKING:
    from vtxero.cli.former_config import Former


def init(  # noqa: PLR0917 - Typer takes options as arguments
    ctx: typer.Context,
    vtiger_url: options.VtigerUrlOption = None,
    username: options.VtigerUsernameOption = None,
    edition: options.EditionOption = None,
    allow_http: options.AllowHttpOption = False,
    client_id: options.XeroClientIdOption = None,
    flow: options.XeroFlowOption = None,
    tenant: options.XeroTenantOption = None,
    xero_url: options.XeroUrlOption = None,
    modules: options.ModuleListOption = None,
    direction: options.WayOption = None,
    sales_account: options.SalesAccountOption = None,
    shipping_account: options.ShippingAccountOption = None,
    payments_account: options.PaymentsAccountOption = None,
    taxes: options.TaxesOption = None,
    secrets_in_config: options.SecretsInConfigOption = False,
    no_browser: options.NoBrowserOption = False,
    force: options.ForceOption = False,
) -> int:
    """Make a first config: log in to both services, look at them, and ask for what cannot be found out.

    The config is written to --config, else to ./vtxero.yaml; with --profile NAME to NAME.yaml in the user config
    folder. Nothing is written before the last answer, and a wrong one is asked for again. A config that exists is
    replaced only if you say so: its values are offered as answers, and a copy stays. Secrets go to the keyring, or
    to a file that only you can read, unless a variable holds them. What a flag says is not asked; with --no-input
    nothing is, and what suggests itself is taken.

    \b
    Examples:
      vtxero init
      vtxero init --no-input --vtiger-url https://crm.example.com --vtiger-username api \\
        --xero-flow client_credentials --xero-client-id 0123ABC --modules organizations,invoices
    """
    from vtxero.cli.first_config import FirstConfig
    from vtxero.cli.first_logins import Given

    session: Session = ctx.obj
    path = _target(session)
    given = Given(
        vtiger_url,
        username,
        edition.value if edition else "auto",
        allow_http,
        client_id,
        flow.value if flow else None,
        tenant or "",
        (xero_url or "").rstrip("/"),
        arguments.modules(modules.replace(",", " ").split()) if modules else None,
        direction,
        _accounts(sales_account, shipping_account, payments_account),
        taxes,
        secrets_in_config,
        not no_browser,
    )
    session.if_stopped = "Stopped. Nothing was written: neither a config nor a login."
    FirstConfig(session, path, given, _former(session, path, force=force)).make()
    return 0


def _accounts(sales: str | None, shipping: str | None, payments: str | None) -> dict[str, str | None]:
    """Give the accounts of the flags by the options that they are for."""
    return {"invoices.sales_account": sales, "invoices.shipping_account": shipping, "payments.account": payments}


def _user_folder() -> Path:
    """Make the folder of the user's configs.

    Raises:
        ConfigError: it cannot be made.
    """
    try:
        return private_folder(platformdirs.user_config_path(APP))
    except ConfigError as error:
        raise ConfigError(error.message, remedy="Choose another place with --config.") from error


def _target(session: Session) -> Path:
    """Choose the file: --config, VTXERO_CONFIG, that of the profile, ./vtxero.yaml.

    Raises:
        ConfigError: nothing can be written there.
    """
    named = os.environ.get("VTXERO_CONFIG", "").strip()
    if session.options.config:
        path = session.options.config.absolute()
    elif named:
        path = Path(named).expanduser().absolute()
    elif session.options.profile:
        path = _user_folder() / f"{session.options.profile}.yaml"
    else:
        path = Path.cwd() / FILE_NAME
    if not path.parent.is_dir():
        raise ConfigError(f"{path.parent} is no folder.", remedy="Make it, or choose another place with --config.")
    if path.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
        what = "is a folder" if path.is_dir() else "cannot be written: its folder is not yours to write to"
        raise ConfigError(f"{path} {what}.", remedy="Choose another place with --config.")
    return path


def _former(session: Session, path: Path, *, force: bool) -> Former:
    """Read the config that is there, and ask whether it may be replaced; without one, an empty one.

    Raises:
        ConfigError: it exists, and nobody can be asked.
        DeclinedError: it is to stay.
    """
    from vtxero.cli.asking import Asker
    from vtxero.cli.former_config import Former, SeveralProfilesError, read_former

    if not path.exists():
        return Former()
    if not session.may_ask and not force:
        raise ConfigError(
            f"{path} exists already.", remedy="Edit it, name another file with --config, or replace it with --force."
        )
    try:
        former = read_former(path)
    except SeveralProfilesError:
        raise
    except ConfigError as error:
        session.complain(f"{error.message} {error.remedy}")
        former = Former()
    offered = "What it says is offered as answers, and a copy of it stays" if former.settings else "A copy of it stays"
    if not force and not Asker(session, path).yes(f"{path} exists. Make it anew? {offered}.", default=False):
        raise DeclinedError(f"{path} stays as it is.", remedy="Edit it, or name another file with --config.")
    return former

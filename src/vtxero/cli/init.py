"""`vtxero init`: a first config, from a few questions and a look at both services."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from vtxero.cli import arguments
from vtxero.cli.session import Session
from vtxero.config.files import private_folder
from vtxero.config.load import FILE_NAME
from vtxero.config.settings import APP
from vtxero.domain.sides import Direction
from vtxero.errors import ConfigError


def init(  # noqa: PLR0917 - Typer takes options as arguments
    ctx: typer.Context,
    vtiger_url: Annotated[
        str | None, typer.Option(metavar="URL", envvar="VTXERO_VTIGER_URL", help="Vtiger's address, as in the browser.")
    ] = None,
    username: Annotated[
        str | None,
        typer.Option(
            "--vtiger-username", metavar="NAME", envvar="VTXERO_VTIGER_USERNAME", help="Login name of the API user."
        ),
    ] = None,
    edition: Annotated[str | None, typer.Option(help="auto, open-source or cloud; default: what answers.")] = None,
    allow_http: Annotated[bool, typer.Option("--allow-http", help="Allow plain http to another machine.")] = False,
    client_id: Annotated[
        str | None,
        typer.Option(
            "--xero-client-id", metavar="ID", envvar="VTXERO_XERO_CLIENT_ID", help="Of your app at developer.xero.com."
        ),
    ] = None,
    flow: Annotated[
        str | None,
        typer.Option("--xero-flow", envvar="VTXERO_XERO_FLOW", help="pkce, standard or client_credentials."),
    ] = None,
    tenant: Annotated[
        str | None, typer.Option("--xero-tenant", metavar="ID", help="The organisation, where a login reaches several.")
    ] = None,
    xero_url: Annotated[
        str | None, typer.Option(metavar="URL", help="A stand-in for Xero, as `vtxero sandbox` serves it.")
    ] = None,
    modules: Annotated[
        str | None, typer.Option(metavar="LIST", help=f"Of {', '.join(arguments.MODULES)}; with commas.")
    ] = None,
    direction: Annotated[Direction | None, typer.Option(help="Which way the modules go.")] = None,
    sales_account: Annotated[str | None, typer.Option(metavar="CODE", help="Account of sales.")] = None,
    shipping_account: Annotated[str | None, typer.Option(metavar="CODE", help="Account of shipping.")] = None,
    payments_account: Annotated[str | None, typer.Option(metavar="CODE", help="Account of payments.")] = None,
    taxes: Annotated[bool | None, typer.Option("--taxes/--no-taxes", help="Make Xero's tax rates in Vtiger.")] = None,
    secrets_in_config: Annotated[
        bool, typer.Option("--secrets-in-config", help="Write access key and client secret into the config.")
    ] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Log in to Xero by a pasted address.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a config that exists.")] = False,
) -> int:
    """Make a first config: log in to both services, look at them, and ask for what cannot be found out.

    The config is written to --config, else to ./vtxero.yaml; with --profile NAME to NAME.yaml in the user config
    folder. Secrets go to the keyring, or to a file that only you can read, unless a variable holds them. What a flag
    says is not asked; with --no-input nothing is, and what suggests itself is taken.

    \b
    Examples:
      vtxero init
      vtxero init --no-input --vtiger-url https://crm.example.com --vtiger-username api \\
        --xero-flow client_credentials --xero-client-id 0123ABC --modules organizations,invoices
    """
    from vtxero.cli.first_config import FirstConfig, Given

    session: Session = ctx.obj
    path = _target(session, force=force)
    given = Given(
        vtiger_url,
        username,
        edition or "auto",
        allow_http,
        client_id,
        flow,
        tenant or "",
        (xero_url or "").rstrip("/"),
        arguments.modules(modules.replace(",", " ").split()) if modules else None,
        direction,
        {
            "invoices.sales_account": sales_account,
            "invoices.shipping_account": shipping_account,
            "payments.account": payments_account,
        },
        taxes,
        secrets_in_config,
        not no_browser,
    )
    FirstConfig(session, path, given).make()
    return 0


def _target(session: Session, *, force: bool) -> Path:
    """Choose the file.

    Raises:
        ConfigError: it exists, or its folder does not.
    """
    if session.options.config:
        path = session.options.config.absolute()
    elif session.options.profile:
        path = private_folder(platformdirs.user_config_path(APP)) / f"{session.options.profile}.yaml"
    else:
        path = Path.cwd() / FILE_NAME
    if path.exists() and not force:
        raise ConfigError(
            f"{path} exists already.", remedy="Edit it, name another file with --config, or replace it with --force."
        )
    if not path.parent.is_dir():
        raise ConfigError(f"{path.parent} is no folder.", remedy="Make it, or choose another place with --config.")
    return path

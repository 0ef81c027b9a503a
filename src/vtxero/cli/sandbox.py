"""`vtxero sandbox`: both stand-ins until Ctrl-C."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vtxero.cli.advice import typed
from vtxero.cli.session import Session
from vtxero.cli.stand_ins import (
    Edition,
    Version,
    Wanted,
    check_may_write,
    end_on_signals,
    fresh_state_dir,
    make_stand_ins,
    serve_until,
    write_config,
)
from vtxero.errors import ConfigError

if TYPE_CHECKING:
    from vtxero.sandbox import Sandbox


class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


def sandbox(  # noqa: PLR0917 - Typer takes options as arguments
    ctx: typer.Context,
    books: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Vtiger's records to start with; default: sample books.")
    ] = None,
    xero_org: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The Xero organisation to start with; default: a sample.")
    ] = None,
    vtiger_port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="0: a free one.")] = 0,
    xero_port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="0: a free one.")] = 0,
    edition: Annotated[Edition, typer.Option(help="Which Vtiger to stand in for.")] = Edition.OPEN_SOURCE,
    vtiger_version: Annotated[
        Version | None, typer.Option(help="The open-source edition's version; default: 8.2.0.")
    ] = None,
    limits: Annotated[Switch, typer.Option(help="The real services' call limits.")] = Switch.ON,
    second_org: Annotated[
        bool, typer.Option("--second-org", help="Let logins by browser reach a second, empty Xero organisation.")
    ] = False,
    write_config_to: Annotated[
        Path | None, typer.Option("--write-config", metavar="FILE", help="Write a config that points to them.")
    ] = None,
) -> None:
    """Serve a stand-in for Vtiger and one for Xero on this machine, until Ctrl-C.

    They behave as the real services do, refuse what those refuse, and forget everything when they stop.

    \b
    Example:
      vtxero sandbox --write-config sandbox.yaml
      vtxero --config sandbox.yaml sync --dry-run      (in another terminal)
    """
    session: Session = ctx.obj
    if write_config_to:
        check_may_write(write_config_to)
    version = _version(edition, vtiger_version)
    wanted = Wanted(books, xero_org, vtiger_port, xero_port, edition, version, limits is Switch.ON, second_org)
    ending = end_on_signals()
    with make_stand_ins(wanted) as stand_ins:
        if write_config_to:
            write_config(write_config_to, stand_ins, fresh_state_dir(write_config_to))
        _announce(session, stand_ins, write_config_to)
        serve_until(ending)
    session.say("The stand-ins have stopped.")


def _version(edition: Edition, asked: Version | None) -> Version:
    """Give the version to stand in for.

    Raises:
        ConfigError: a version was asked for of the cloud edition, which has none.
    """
    if asked and edition is Edition.CLOUD:
        raise ConfigError(
            f"--vtiger-version {asked.value} belongs to the open-source edition: the cloud has one version, its own.",
            remedy="Leave --vtiger-version out, or leave out --edition cloud.",
        )
    return asked or Version.V820


def _announce(session: Session, stand_ins: Sandbox, config: Path | None) -> None:
    organisations = {one.tenant_id: str(one.organisation["Name"]) for one in stand_ins.xero_organisations}
    places = {
        "vtiger_url": stand_ins.vtiger_url,
        "xero_url": stand_ins.xero_url,
        "config": str(config.absolute()) if config else None,
        "xero_organisations": [{"tenant_id": key, "name": name} for key, name in organisations.items()],
    }
    if session.wants_json:
        session.print_json({"version": 1, **places})
        return
    session.print_words(
        f"Vtiger: {stand_ins.vtiger_url}   (user {stand_ins.vtiger_username}, access key {stand_ins.vtiger_access_key})"
    )
    session.print_words(f"Xero:   {stand_ins.xero_url}   (client id sandbox, client secret sandbox)")
    for tenant_id, name in organisations.items() if len(organisations) > 1 else ():
        session.print_words(f"  {name} (tenant id {tenant_id})")
    if config:
        command = f"vtxero --config {shlex.quote(str(config))} sync --dry-run"
        session.print_words(f"Config: {config}   try: {typed(command)}")
    session.say("Serving until Ctrl-C.")

"""The options and arguments of commands, as Typer reads them: each is described once, whoever takes it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from typer import Argument, Option

from vtxero.cli import arguments
from vtxero.cli.exitcodes import FailOn
from vtxero.domain.sides import Direction


class Conflict(StrEnum):
    """What becomes of a field that both sides changed."""

    REPORT = "report"
    XERO = "xero"
    VTIGER = "vtiger"


class AnyEdition(StrEnum):
    """The kinds of Vtiger, and whichever answers."""

    AUTO = "auto"
    OPEN_SOURCE = "open-source"
    CLOUD = "cloud"


class XeroFlow(StrEnum):
    """The ways to log in to Xero."""

    PKCE = "pkce"
    STANDARD = "standard"
    CLIENT_CREDENTIALS = "client_credentials"


# -- a run -----------------------------------------------------------------------------------------------------

ModulesArgument = Annotated[
    list[str] | None,
    Argument(metavar="MODULE", help=f"{', '.join(arguments.MODULES)}; none: all that the config enables."),
]
DirectionOption = Annotated[Direction | None, Option(help="Which way; default: as the config says.")]
DryRunOption = Annotated[bool, Option("--dry-run", "-n", help="Show what would be done, write nothing.")]
ConflictOption = Annotated[
    Conflict | None, Option(help="Who wins where both sides changed the same field; report: nobody.")
]
FullOption = Annotated[bool, Option("--full", help="Read both sides whole, whatever was read before.")]
ResyncOption = Annotated[bool, Option("--resync", help="Read everything and rebuild the links.")]
OnlyOption = Annotated[
    list[str] | None, Option(metavar="KIND:ID", help="Only this record; may be given several times.")
]
SinceOption = Annotated[str | None, Option(metavar="DATE", help="Only what changed since; moves no cursor.")]
LimitOption = Annotated[
    int | None, Option(min=1, metavar="N", help="Write at most N records per module; the rest waits.")
]
MaxCallsOption = Annotated[int | None, Option(min=1, metavar="N", help="At most so many calls.")]
MaxDurationOption = Annotated[str | None, Option(metavar="T", help="At most so long: 90s, 10m, 1h30m.")]
LockTimeoutOption = Annotated[
    str | None, Option(metavar="T", help="Wait so long for another run to end; default: not at all.")
]
AllowOption = Annotated[
    list[str] | None, Option(metavar="GUARD", help=f"Let this guard through: {', '.join(arguments.GUARDS)}.")
]
FailOnOption = Annotated[FailOn, Option(help="From which outcome on the exit code is not 0.")]
PingUrlOption = Annotated[
    str | None, Option(metavar="URL", help="Tell a watcher such as healthchecks.io how the run began and ended.")
]
ResyncYesOption = Annotated[bool, Option("--yes", "-y", help="Do not ask before --resync.")]

# -- a first config --------------------------------------------------------------------------------------------

VtigerUrlOption = Annotated[
    str | None, Option(metavar="URL", envvar="VTXERO_VTIGER_URL", help="Vtiger's address, as in the browser.")
]
VtigerUsernameOption = Annotated[
    str | None,
    Option("--vtiger-username", metavar="NAME", envvar="VTXERO_VTIGER_USERNAME", help="Login name of the API user."),
]
EditionOption = Annotated[AnyEdition | None, Option(help="Which Vtiger it is; default: what answers.")]
AllowHttpOption = Annotated[bool, Option("--allow-http", help="Allow plain http to another machine.")]
XeroClientIdOption = Annotated[
    str | None,
    Option("--xero-client-id", metavar="ID", envvar="VTXERO_XERO_CLIENT_ID", help="Of your app at developer.xero.com."),
]
XeroFlowOption = Annotated[
    XeroFlow | None,
    Option(
        "--xero-flow", envvar="VTXERO_XERO_FLOW", help="How to log in to Xero; client_credentials: a Custom Connection."
    ),
]
XeroTenantOption = Annotated[
    str | None, Option("--xero-tenant", metavar="ID", help="The organisation, where a login reaches several.")
]
XeroUrlOption = Annotated[str | None, Option(metavar="URL", help="A stand-in for Xero, as `vtxero sandbox` serves it.")]
ModuleListOption = Annotated[
    str | None, Option(metavar="LIST", help=f"Of {', '.join(arguments.MODULES)}; with commas.")
]
WayOption = Annotated[Direction | None, Option(help="Which way the modules go.")]
SalesAccountOption = Annotated[str | None, Option(metavar="CODE", help="Account of sales.")]
ShippingAccountOption = Annotated[str | None, Option(metavar="CODE", help="Account of shipping.")]
PaymentsAccountOption = Annotated[str | None, Option(metavar="CODE", help="Account of payments.")]
TaxesOption = Annotated[bool | None, Option("--taxes/--no-taxes", help="Make Xero's tax rates in Vtiger.")]
SecretsInConfigOption = Annotated[
    bool, Option("--secrets-in-config", help="Write access key and client secret into the config.")
]
NoBrowserOption = Annotated[bool, Option("--no-browser", help="Log in to Xero by a pasted address.")]
ForceOption = Annotated[bool, Option("--force", help="Replace a config that exists.")]

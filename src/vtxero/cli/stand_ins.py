"""The stand-ins of `sandbox` and `demo`: started from files, and the config that points to them."""

from __future__ import annotations

import secrets
import signal
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from vtxero.config.files import write_private
from vtxero.errors import ConfigError

if TYPE_CHECKING:
    from vtxero.sandbox import Sandbox

FIRST_LINE = "# Written by `vtxero sandbox`: a config for the stand-ins, good for as long as they run."
POLL_SECONDS = 0.2


class Edition(StrEnum):
    """The two kinds of Vtiger."""

    OPEN_SOURCE = "open-source"
    CLOUD = "cloud"


class Version(StrEnum):
    """Versions of the open-source edition that are modelled."""

    V820 = "8.2.0"
    V830 = "8.3.0"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the stand-ins are to be. Ports of 0 are chosen by the system."""

    books: Path | None = None
    organisation: Path | None = None
    vtiger_port: int = 0
    xero_port: int = 0
    edition: Edition = Edition.OPEN_SOURCE
    version: Version = Version.V820
    limits: bool = True
    second_org: bool = False


def make_stand_ins(wanted: Wanted) -> Sandbox:
    """Make both stand-ins; they serve once entered as a context.

    Raises:
        ConfigError: a file cannot be read, a port is taken, or the combination is not modelled.
    """
    from vtxero.sandbox import Sandbox, SandboxError, load_books, load_organisation

    for path in (wanted.books, wanted.organisation):
        if path and not path.is_file():
            raise ConfigError(f"The stand-ins cannot start: {path} is no file.", remedy="See `vtxero sandbox --help`.")
    try:
        return Sandbox(
            books=load_books(wanted.books) if wanted.books else None,
            organisation=load_organisation(wanted.organisation) if wanted.organisation else None,
            vtiger_port=wanted.vtiger_port,
            xero_port=wanted.xero_port,
            vtiger_version=wanted.version.value,
            edition=wanted.edition.value,
            limits=wanted.limits,
            second_org=wanted.second_org,
        )
    except SandboxError as error:
        raise ConfigError(f"The stand-ins cannot start: {error}.", remedy="See `vtxero sandbox --help`.") from error
    except OSError as error:
        raise ConfigError(
            f"The stand-ins cannot start: {_said(error)}.", remedy="Choose other ports, or none: free ones are found."
        ) from error


class Ending:
    """Whether serving is to end.

    A bare flag: a lock, as an event has one, would be waited for by a signal that comes while its thread holds it.
    """

    def __init__(self) -> None:
        self.has_come = False

    def take(self, _number: int, _frame: FrameType | None) -> None:
        """Note a signal."""
        self.has_come = True


def end_on_signals() -> Ending:
    """Take over Ctrl-C and SIGTERM: they are how serving ends, no failure."""
    ending = Ending()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ending.take)
    return ending


def serve_until(ending: Ending) -> None:
    """Wait; the stand-ins serve in threads of their own."""
    while not ending.has_come:
        time.sleep(POLL_SECONDS)


def check_may_write(path: Path) -> None:
    """Refuse to overwrite what was not written for stand-ins.

    Raises:
        ConfigError: the file holds something else, or its folder does not exist.
    """
    if not path.absolute().parent.is_dir():
        raise ConfigError(f"{path.absolute().parent} is no folder.", remedy="Make it, or choose another place.")
    if not path.exists():
        return
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            is_ours = file.readline().rstrip("\n") == FIRST_LINE
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {_said(error)}.", remedy="Choose another place.") from error
    if not is_ours:
        raise ConfigError(f"{path} exists and is no config of stand-ins.", remedy="Choose another name, or remove it.")


def write_config(path: Path, stand_ins: Sandbox, state_dir: Path) -> None:
    """Write a config that points to running stand-ins, credentials included, readable by its owner only.

    Raises:
        ConfigError: the file exists and was not written for stand-ins, or cannot be written.
    """
    check_may_write(path)
    try:
        write_private(path.absolute(), config_text(stand_ins, state_dir))
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {_said(error)}.", remedy="Choose another place.") from error


def config_text(stand_ins: Sandbox, state_dir: Path) -> str:
    """Give the text of such a config."""
    import yaml

    content: dict[str, Any] = {
        "state_dir": str(state_dir),
        "logins": "file",
        "vtiger": {
            "url": stand_ins.vtiger_url,
            "edition": stand_ins.edition,
            "username": stand_ins.vtiger_username,
            "access_key": stand_ins.vtiger_access_key,
        },
        "xero": {
            "flow": "client_credentials",
            "client_id": "sandbox",
            "client_secret": "sandbox",
            "api_url": f"{stand_ins.xero_url}/api.xro/2.0",
            "identity_url": stand_ins.xero_url,
            "authorize_url": f"{stand_ins.xero_url}/identity/connect/authorize",
        },
        "modules": {
            "invoices": {"sales_account": "200", "shipping_account": "260"},
            "payments": {"account": "090"},
        },
    }
    return f"{FIRST_LINE}\n{yaml.safe_dump(content, sort_keys=False, allow_unicode=True)}"


def fresh_state_dir(config: Path) -> Path:
    """Name a state folder beside a config; a new one each time, for stand-ins start with new records each time."""
    return config.absolute().parent / f"{config.stem}-state-{secrets.token_hex(3)}"


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"{type(error).__name__}: {error}"

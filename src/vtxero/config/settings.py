"""The settings of a profile: what the config file, the environment and the flags together say. Frozen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import BeforeValidator, Field, SecretStr, StringConstraints, ValidationInfo, field_validator

from vtxero.domain.hosts import is_loopback
from vtxero.domain.options import (
    ContactOptions,
    GuardOptions,
    InvoiceOptions,
    Options,
    OrganizationOptions,
    PaymentOptions,
    ProductOptions,
    TaxMapOptions,
    TaxOptions,
)

APP = "vtxero"
DEFAULT_PROFILE = "default"
PROFILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
XERO_STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
_PAGES = ("/webservice.php", "/index.php")


def local_path(value: object, info: ValidationInfo) -> object:
    """Expand `~`, and take a relative path from the folder that the config file lies in."""
    if not isinstance(value, str | Path):
        return value
    if not str(value).strip():
        raise ValueError("is blank; write a path, or remove the line")
    base = (info.context or {}).get("folder", Path())
    return Path(base, Path(value).expanduser()).absolute()


def clean_secret(value: object) -> object:
    """Drop the blanks and line ends that come along when a key is pasted; a blank secret is none."""
    return (value.strip() or None) if isinstance(value, str) else value


LocalPath = Annotated[Path, BeforeValidator(local_path)]
Secret = Annotated[SecretStr | None, BeforeValidator(clean_secret)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Seconds = Annotated[float, Field(gt=0, le=600)]


def default_state_dir() -> Path:
    """The platform's folder for state."""
    return platformdirs.user_state_path(APP)


def check_url(text: str, *, may_be_plain: bool, plain_hint: str) -> str:
    """Give a base address without a closing slash; messages never quote it, it may hold a password.

    Raises:
        ValueError: it is no web address, holds what does not belong there, or would send secrets in the clear.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("is no web address; write it like https://crm.example.com") from None
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise ValueError("is no web address; write it like https://crm.example.com")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user name or password; leave them out of the address")
    if parts.query or parts.fragment or re.search(r"[\s\x00-\x1f\x7f]", text):
        raise ValueError("holds more than an address; leave out what follows ? or #")
    if parts.scheme == "http" and not may_be_plain and not is_loopback(host):
        raise ValueError(f"is plain http, which would send secrets readable over the network; {plain_hint}")
    return text.rstrip("/")


class VtigerSettings(Options):
    """vtiger: which Vtiger, and as whom."""

    allow_http: bool = Field(
        False, description="allow plain http to another machine: anybody on the way can read along"
    )
    url: str = Field(description="address of the Vtiger, as in the browser: https://crm.example.com")
    edition: Literal["auto", "open-source", "cloud"] = Field(
        "auto", description="open-source: your own server; cloud: Vtiger's; auto: as the address shows, or what answers"
    )
    username: Word = Field(description="login name of the API user")
    access_key: Secret = Field(
        None, description="from My Preferences; better kept in the keyring or VTXERO_VTIGER_ACCESS_KEY"
    )
    verify: bool | LocalPath = Field(True, description="check the certificate; or the path of a CA bundle")
    connect_timeout: Seconds = Field(10.0, description="seconds")
    read_timeout: Seconds = Field(60.0, description="seconds")

    @field_validator("verify", mode="before")
    @classmethod
    def _read_switch(cls, value: object) -> object:
        words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
        return words.get(value.lower(), value) if isinstance(value, str) else value

    @field_validator("verify", mode="after")
    @classmethod
    def _bundle_exists(cls, value: bool | Path) -> bool | Path:  # noqa: FBT001 - a validator's argument
        if isinstance(value, Path) and not value.exists():
            raise ValueError(f"names the CA bundle {value}, which does not exist; write true, false or its path")
        return value

    @field_validator("url", mode="after")
    @classmethod
    def _address(cls, value: str, info: ValidationInfo) -> str:
        """Take a bare host, the address of a page, or that of the web service for the address of the Vtiger.

        A cloud endpoint stays as it is: it shows the edition.
        """
        if re.fullmatch(r"[A-Za-z0-9.-]+\.[A-Za-z0-9-]+(:\d+)?(/\S*)?", value.strip()):
            value = f"https://{value.strip()}"
        hint = "use https, or set vtiger.allow_http: true if you accept that"
        address = check_url(value, may_be_plain=bool(info.data.get("allow_http")), plain_hint=hint)
        for page in _PAGES:
            address = address.removesuffix(page)
        return address


XERO_SITE = "https://go.xero.com"


class XeroSettings(Options):
    """xero: which app, and how it logs in. The addresses are Xero's own; others are for stand-ins on this machine."""

    client_id: Word = Field(description="of your app at developer.xero.com/app/manage")
    client_secret: Secret = Field(None, description="for standard and client_credentials; better kept as access_key is")
    flow: Literal["pkce", "standard", "client_credentials"] = Field(
        "pkce",
        description="pkce: desktop app; standard: web app; client_credentials: Custom Connection, for servers",
    )
    tenant_id: str = Field(
        "", description="the organisation this profile is pinned to; blank: the one that was logged in"
    )
    scopes: tuple[str, ...] = Field(
        (), description="empty: what vtxero needs; apps made before March 2026 may need others"
    )
    redirect_port: int = Field(
        8742, ge=1024, le=65535, description="register http://localhost:PORT/callback in the app"
    )
    api_url: str = "https://api.xero.com/api.xro/2.0"
    identity_url: str = "https://identity.xero.com"
    authorize_url: str = "https://login.xero.com/identity/connect/authorize"
    connect_timeout: Seconds = Field(10.0, description="seconds")
    read_timeout: Seconds = Field(60.0, description="seconds")

    @property
    def site(self) -> str:
        """Where people look at records: Xero's own site, or the stand-in on this machine that serves the API."""
        parts = urlsplit(self.api_url)
        return f"{parts.scheme}://{parts.netloc}" if is_loopback(parts.hostname or "") else XERO_SITE

    @field_validator("api_url", "identity_url", "authorize_url", mode="after")
    @classmethod
    def _address(cls, value: str) -> str:
        return check_url(value, may_be_plain=False, plain_hint="use https; plain http is for stand-ins on localhost")


class ModulesSettings(Options):
    """modules: what is kept in step, and how."""

    taxes: TaxOptions = TaxOptions(enabled=False, revenue_only=True)
    organizations: OrganizationOptions = OrganizationOptions()
    contacts: ContactOptions = ContactOptions()
    products: ProductOptions = ProductOptions()
    invoices: InvoiceOptions = InvoiceOptions()
    payments: PaymentOptions = PaymentOptions.model_validate({})

    @field_validator("invoices", mode="before")
    @classmethod
    def _complete_status_maps(cls, value: Any) -> Any:
        """Let a status map name only what differs: the other states keep their defaults."""
        if not isinstance(value, dict):
            return value
        defaults = InvoiceOptions()
        maps: dict[str, dict[str, Any]] = {
            "status_to_xero": {**defaults.status_to_xero},
            "status_to_vtiger": {**defaults.status_to_vtiger},
        }
        given = {name: {**maps[name], **value[name]} for name in maps if isinstance(value.get(name), dict)}
        return {**value, **given}

    @field_validator("invoices", mode="after")
    @classmethod
    def _known_xero_states(cls, value: InvoiceOptions) -> InvoiceOptions:
        unknown = sorted(set(value.status_to_vtiger) - set(XERO_STATUSES))
        if unknown:
            raise ValueError(
                f"status_to_vtiger names {', '.join(unknown)}, which Xero does not know; its states are "
                f"{', '.join(XERO_STATUSES)}"
            )
        return value


class LogSettings(Options):
    """log: a file with what vtxero did, for support. Secrets are blacked out."""

    file: LocalPath | None = Field(None, description="path of the file; none by default")
    level: Literal["debug", "info", "warning"] = "info"
    max_mb: float = Field(5.0, gt=0, le=10_000, description="size at which the file is put aside as .1, .2 and so on")
    keep: int = Field(5, ge=1, le=1000, description="how many files that were put aside are kept")


class HistorySettings(Options):
    """history: how long is remembered what runs did."""

    undo_days: int = Field(90, ge=1, le=36_500, description="so long can a run be undone")
    log_days: int = Field(
        365, ge=1, le=36_500, description="so long `vtxero log` knows a run; what waits, and can be undone, stays"
    )


class Settings(Options):
    """Everything a profile says."""

    profile: str = Field(
        DEFAULT_PROFILE, description="name of this pair of Vtiger and Xero; each has a state of its own"
    )
    state_dir: LocalPath = Field(
        default_factory=default_state_dir, description="folder of the state; default: the platform's state folder"
    )
    logins: Literal["auto", "keyring", "file"] = Field(
        "auto", description="where logins are kept; auto: the keyring, else a file that only you can read"
    )
    lock_timeout: float = Field(0.0, ge=0, le=86400, description="seconds to wait for another run to end")
    vtiger: VtigerSettings
    xero: XeroSettings
    modules: ModulesSettings = ModulesSettings()
    taxes: TaxMapOptions = TaxMapOptions()
    guards: GuardOptions = GuardOptions.model_validate({})
    history: HistorySettings = HistorySettings.model_validate({})
    log: LogSettings = LogSettings.model_validate({})
    ping_url: str | None = Field(
        None, description="told when a sync begins and how it ended, as healthchecks.io understands it"
    )

    @field_validator("profile", mode="after")
    @classmethod
    def _name(cls, value: str) -> str:
        if not PROFILE_NAME.fullmatch(value):
            raise ValueError("is no profile name; use letters, digits, - and _, at most 64")
        return value

    @field_validator("ping_url", mode="after")
    @classmethod
    def _ping_address(cls, value: str | None) -> str | None:
        if value is None or not value.strip():
            return None
        return check_url(value, may_be_plain=True, plain_hint="")

    @property
    def state_folder(self) -> Path:
        """The folder of this profile's state; see `files.private_folder` for making it."""
        return self.state_dir / self.profile

    @property
    def database(self) -> Path:
        """The state database."""
        return self.state_folder / "state.sqlite3"

    @property
    def last_run_file(self) -> Path:
        """What names the last run, beside the state: an older copy of the state does not know it."""
        return self.state_folder / "last-run"

    @property
    def lock_file(self) -> Path:
        """What one run at a time holds."""
        return self.state_folder / "run.lock"

    @property
    def secrets_file(self) -> Path:
        """Where logins rest when there is no keyring."""
        return self.state_folder / "secrets.json"

    @property
    def token_lock_file(self) -> Path:
        """What a process holds while it renews Xero's token."""
        return self.state_folder / "token.lock"

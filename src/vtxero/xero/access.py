"""How a Xero organisation is reached: app, grant, scopes, addresses. A value; holds one secret, never shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import SecretStr

from vtxero.domain.hosts import is_loopback
from vtxero.errors import ConfigError


class Grant(StrEnum):
    """The three ways in that Xero offers (developer.xero.com/documentation/guides/oauth2)."""

    CLIENT_CREDENTIALS = "client-credentials"
    """A Custom Connection: client id and secret, one organisation, no person, no refresh token."""
    PKCE = "pkce"
    """A desktop app: a person logs in by browser, no secret."""
    CODE = "code"
    """A web app: a person logs in by browser, the app has a secret."""


API_SCOPES = ("accounting.contacts", "accounting.invoices", "accounting.payments", "accounting.settings")
"""What vtxero does with the books. Granular names: apps made since 2 March 2026 know no others."""

LOGIN_SCOPES = ("openid", "profile", "email", "offline_access", *API_SCOPES)
"""The same with a person's login; without `offline_access` there is no refresh token."""

REDIRECT_URI = "http://localhost:8742/callback"
"""Xero refuses plain http but for the word `localhost`; 127.0.0.1 is refused."""


API_URL = "https://api.xero.com"
IDENTITY_URL = "https://identity.xero.com"
API_OPTION = "xero.api_url"
IDENTITY_OPTION = "xero.identity_url"


@dataclass(frozen=True, slots=True)
class XeroAccess:
    """The settings of one login.

    `tenant_id` is the organisation that this profile is pinned to; blank: the one chosen at the login, or the only one
    that a token of client credentials reaches. The addresses are Xero's own unless a stand-in on loopback takes their
    place.

    Raises:
        ConfigError: a part is missing, or an address would carry tokens in the clear.
    """

    client_id: str
    grant: Grant = Grant.PKCE
    client_secret: SecretStr | None = None
    tenant_id: str = ""
    scopes: tuple[str, ...] = ()
    redirect_uri: str = REDIRECT_URI
    login_url: str = "https://login.xero.com"
    identity_url: str = IDENTITY_URL
    api_url: str = API_URL

    def __post_init__(self) -> None:
        if not self.client_id.strip():
            raise ConfigError("Xero's client id is missing.", remedy="Set xero.client_id in the config.")
        if self.grant is not Grant.PKCE and not self.secret:
            raise ConfigError(
                f"Xero's client secret is missing; the grant `{self.grant}` needs one.",
                remedy="Give it with `vtxero auth xero`, or use the grant `pkce`, which has none.",
            )
        for name in ("login_url", "identity_url", "api_url"):
            check_address(getattr(self, name), name=name)

    @property
    def secret(self) -> str:
        """The client secret in the clear, blank where there is none. Never log it."""
        return self.client_secret.get_secret_value() if self.client_secret else ""

    @property
    def wanted_scopes(self) -> tuple[str, ...]:
        """The scopes to ask for."""
        if self.scopes:
            return self.scopes
        return API_SCOPES if self.grant is Grant.CLIENT_CREDENTIALS else LOGIN_SCOPES

    @property
    def authorize_url(self) -> str:
        """Where a person logs in."""
        return f"{self.login_url.rstrip('/')}/identity/connect/authorize"

    @property
    def token_url(self) -> str:
        """Where tokens are made."""
        return f"{self.identity_url.rstrip('/')}/connect/token"

    @property
    def revoke_url(self) -> str:
        """Where a login ends."""
        return f"{self.identity_url.rstrip('/')}/connect/revocation"

    @property
    def connections_url(self) -> str:
        """Where Xero lists the organisations that a token reaches."""
        return f"{self.api_url.rstrip('/')}/connections"

    @property
    def accounting_url(self) -> str:
        """The base of the Accounting API."""
        return f"{self.api_url.rstrip('/')}/api.xro/2.0"


def check_address(address: str, *, name: str) -> None:
    """Refuse what would send tokens unencrypted over a network.

    Raises:
        ConfigError: the address is neither https nor on this machine.
    """
    parts = urlsplit(address)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_local(address))):
        return
    raise ConfigError(
        f"xero.{name} is {address!r}, and vtxero sends tokens by https only.",
        remedy="Use an https address; plain http is for stand-ins on localhost.",
    )


def when_silent(address: str, option: str) -> str:
    """Say what to do where nothing answers at an address: on this machine no network is in between."""
    if is_local(address):
        return f"Start the server at {address}, or correct {option} in the config; then run again."
    if is_own(address):
        return "Check the network; the next run tries again."
    return f"Check {option} in the config, and the network; the next run tries again."


def when_untrusted(address: str, option: str) -> str:
    """Say what to do where the certificate at an address is not accepted."""
    if is_own(address):
        return (
            "Check this machine's clock. Where a proxy or a virus scanner looks into connections, name the file of its "
            "certificates in the variable SSL_CERT_FILE."
        )
    return f"Name the file of its authority's certificates in the variable SSL_CERT_FILE, or correct {option}."


def is_own(address: str) -> bool:
    """Tell whether an address is Xero's own, not one from the config."""
    return address.rstrip("/") in {API_URL, IDENTITY_URL}


def no_xero(address: str, option: str, asked: str, said: str) -> ConfigError:
    """Make the error of an address of the config at which something else answers than Xero."""
    return ConfigError(
        f"What answers at {address} is no Xero: {asked} got {said}.",
        remedy=f"Correct {option} in the config; for Xero itself, leave it out.",
    )


def wrong_tenant(access: XeroAccess) -> str:
    """Say what to do where the organisation that the config names is not reached."""
    if access.grant is Grant.CLIENT_CREDENTIALS:
        return "Correct xero.tenant_id in the config, or leave it out: a Custom Connection reaches one organisation."
    return (
        "Put the id of one that it reaches into xero.tenant_id in the config (`vtxero auth status` lists them); or, if "
        "that organisation is meant, run `vtxero auth xero` and allow it on Xero's page."
    )


def is_local(address: str) -> bool:
    """Tell whether an address is on this machine."""
    return is_loopback(urlsplit(address).hostname or "")

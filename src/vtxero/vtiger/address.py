"""From what people type as Vtiger's address to the endpoint and the identity of the instance."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from vtxero.domain.hosts import is_loopback
from vtxero.errors import ConfigError

ENDPOINT = "webservice.php"
CLOUD_ENDPOINT = "restapi/v1/vtiger/default"
_CLOUD_FOLDER = CLOUD_ENDPOINT.partition("/")[0]
_CLOUD_DOMAIN = ".vtiger.com"
_DEFAULT_PORTS = {"https": 443, "http": 80}
_REMEDY = "Set vtiger.url to the address you open Vtiger under in the browser, such as https://crm.example.com/vtiger."


@dataclass(frozen=True, slots=True)
class Address:
    """A Vtiger's address. `base` is normalised, without a slash at the end, and identifies the instance.

    `is_cloud` tells that the address itself shows the cloud edition: by Vtiger's own domain, or its REST endpoint.
    """

    base: str
    is_cloud: bool = False

    @property
    def endpoint(self) -> str:
        """Where the web service of the open-source edition answers."""
        return f"{self.base}/{ENDPOINT}"

    @property
    def cloud_endpoint(self) -> str:
        """Where the REST API of the cloud edition answers, without the operation."""
        return f"{self.base}/{CLOUD_ENDPOINT}"

    @property
    def page_url(self) -> str:
        """The page of a record, with the places {module} and {id} (the bare record number)."""
        return f"{self._brace_safe}/index.php?module={{module}}&view=Detail&record={{id}}"

    @property
    def _brace_safe(self) -> str:
        return self.base.replace("{", "%7B").replace("}", "%7D")


def parse_address(text: str, *, allow_http: bool = False) -> Address:
    """Read a host, a bare URL, a page's URL, or the full endpoint.

    Plain http is taken for loopback addresses only, unless `allow_http` says otherwise: the access key's hash and all
    books would cross the network readable.

    Raises:
        ConfigError: it is no usable address.
    """
    parts = _split(text)
    host, port = _host_and_port(parts, text)
    if parts.scheme == "http" and not (allow_http or is_loopback(host)):
        raise ConfigError(
            f"Vtiger's address {_shown(parts)} is plain http: login and books would cross the network readable.",
            remedy="Use https, or set vtiger.allow_http: true if the network is yours alone.",
        )
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    base = f"{parts.scheme}://{shown_host}{shown_port}{_folder(parts.path)}"
    return Address(base, is_cloud=host.endswith(_CLOUD_DOMAIN) or _CLOUD_FOLDER in _steps(parts.path))


def _split(text: str) -> SplitResult:
    given = text.strip()
    if not given:
        raise ConfigError("Vtiger's address is empty.", remedy=_REMEDY)
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
    except ValueError as error:
        raise ConfigError(f"Vtiger's address {given!r} is no address: {error}.", remedy=_REMEDY) from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise ConfigError(
            f"Vtiger's address begins with {parts.scheme}://, which vtxero does not speak.", remedy=_REMEDY
        )
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            "Vtiger's address holds a user name or password.",
            remedy="Leave them out of vtiger.url: the user belongs in vtiger.username, the key in the keyring.",
        )
    return parts


def _host_and_port(parts: SplitResult, text: str) -> tuple[str, int | None]:
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"Vtiger's address {text.strip()!r} is no address: {error}.", remedy=_REMEDY) from error
    if not host or any(char.isspace() for char in host):
        raise ConfigError(f"Vtiger's address {text.strip()!r} names no host.", remedy=_REMEDY)
    return host.rstrip("."), port


def _folder(path: str) -> str:
    """Keep the folder that Vtiger lies in, and drop the file of a page or of the endpoint."""
    steps = _steps(path)
    if _CLOUD_FOLDER in steps:
        steps = steps[: steps.index(_CLOUD_FOLDER)]
    if steps and steps[-1].lower().endswith(".php"):
        steps.pop()
    return "".join(f"/{step}" for step in steps)


def _steps(path: str) -> list[str]:
    return [step for step in path.split("/") if step]


def _shown(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}{parts.path}"

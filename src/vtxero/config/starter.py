"""The text of a first config: short, commented, with what was chosen and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vtxero.config.settings import ModulesSettings

Flow = Literal["pkce", "standard", "client_credentials"]
MODULES = tuple(ModulesSettings.model_fields)
_SECTIONS = frozenset({"vtiger", "xero", "modules", "taxes"})
COMMENTS = {
    "taxes": "Xero's tax rates become Vtiger's taxes; each is a column there for good",
    "organizations": "with their contact persons",
    "contacts": "people without an organization, where an invoice refers to them",
    "products": "with services",
    "invoices": "sales invoices, never bills",
    "payments": "where this Vtiger has a module for them",
}
WRITTEN = frozenset(
    {
        *(
            "profile",
            "state_dir",
            "vtiger.url",
            "vtiger.edition",
            "vtiger.username",
            "vtiger.allow_http",
            "vtiger.access_key",
        ),
        *("xero.client_id", "xero.flow", "xero.client_secret", "xero.tenant_id"),
        *("xero.api_url", "xero.identity_url", "xero.authorize_url"),
        *(f"modules.{name}.{option}" for name in MODULES for option in ("enabled", "direction")),
        *("modules.invoices.sales_account", "modules.invoices.shipping_account", "modules.payments.account"),
    }
)
"""The options that a first config writes by itself."""
_PLAIN = re.compile(r"[A-Za-z0-9_./+-]+")
_TAKEN = {"null", "on", "off", "yes", "no", "y", "n"}
"""Words that other readers of YAML take for something else."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account that was chosen, with its name for the comment. A blank code is written as none."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Starter:
    """What a first config says. `notes` stand in comments below the taxes; secrets are blank unless asked for."""

    vtiger_url: str
    username: str
    edition: str = "auto"
    allow_http: bool = False
    access_key: str = ""
    client_id: str = ""
    flow: Flow = "pkce"
    client_secret: str = ""
    tenant_id: str = ""
    tenant_name: str = ""
    stand_in: str = ""
    """The address of a stand-in for Xero; blank: Xero's own."""
    state_dir: str = ""
    profile: str = ""
    modules: tuple[str, ...] = ()
    direction: str = "both"
    accounts: Mapping[str, Account] = field(default_factory=dict)
    """By dotted key below `modules`, as in `invoices.sales_account`."""
    notes: tuple[str, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)
    """Options of the config that is replaced, by section, which are written again as they were."""


def starter_text(chosen: Starter) -> str:
    """Write the config as YAML."""
    return "\n".join((*_head(chosen), *_vtiger(chosen), *_xero(chosen), *_modules(chosen), *_taxes(chosen))) + "\n"


def _head(chosen: Starter) -> Iterator[str]:
    yield "# Written by `vtxero init`. Every option there is, with its value: `vtxero config show`. After a change:"
    yield "# `vtxero config check`. A variable wins over this file, a flag over both: vtiger.url is VTXERO_VTIGER_URL."
    if chosen.profile:
        yield ""
        yield f"profile: {_text(chosen.profile)}"
    if chosen.state_dir:
        yield ""
        yield f"state_dir: {_text(chosen.state_dir)}   # where vtxero remembers; stand-ins have one of their own"
    yield ""
    own = {name: value for name, value in chosen.kept.items() if name not in _SECTIONS}
    if own:
        yield from _block(own, 0)
        yield ""


def _vtiger(chosen: Starter) -> Iterator[str]:
    yield "vtiger:"
    yield f"  url: {_text(chosen.vtiger_url)}"
    yield f"  edition: {chosen.edition}"
    yield f"  username: {_text(chosen.username)}"
    if chosen.allow_http:
        yield "  allow_http: true               # anybody on the way can read along"
    if chosen.access_key:
        yield f"  access_key: {_text(chosen.access_key)}"
    else:
        yield "  # access_key is not here: `vtxero auth vtiger` keeps it, or VTXERO_VTIGER_ACCESS_KEY holds it"
    yield from _block(chosen.kept.get("vtiger", {}), 1)
    yield ""


def _xero(chosen: Starter) -> Iterator[str]:
    yield "xero:"
    yield f"  client_id: {_text(chosen.client_id)}"
    yield f"  flow: {chosen.flow:<24} # pkce: by browser; client_credentials: a Custom Connection, for servers"
    if chosen.client_secret:
        yield f"  client_secret: {_text(chosen.client_secret)}"
    elif chosen.flow != "pkce":
        yield "  # client_secret is not here: `vtxero auth xero` keeps it, or VTXERO_XERO_CLIENT_SECRET holds it"
    if chosen.tenant_id:
        yield f"  tenant_id: {_text(chosen.tenant_id)}   # {_comment(chosen.tenant_name)}"
    if chosen.stand_in:
        yield f"  api_url: {_text(chosen.stand_in + '/api.xro/2.0')}   # a stand-in; leave the three out for Xero"
        yield f"  identity_url: {_text(chosen.stand_in)}"
        yield f"  authorize_url: {_text(chosen.stand_in + '/identity/connect/authorize')}"
    yield from _block(chosen.kept.get("xero", {}), 1)
    yield ""


def _modules(chosen: Starter) -> Iterator[str]:
    yield "modules:"
    for name in MODULES:
        is_on = name in chosen.modules
        said = COMMENTS.get(name, "")
        yield f"  {name}:" + (f"{'':<{max(1, 31 - len(name))}}# {said}" if said else "")
        yield f"    enabled: {'true' if is_on else 'false'}"
        if is_on:
            yield from _of_module(chosen, name)
        yield from _block(chosen.kept.get("modules", {}).get(name, {}), 2)
    yield ""


def _of_module(chosen: Starter, name: str) -> Iterator[str]:
    if name != "taxes":
        yield f"    direction: {chosen.direction:<19} # to-xero, to-vtiger or both"
    for key, account in chosen.accounts.items():
        module, _, option = key.partition(".")
        if module == name:
            yield f"    {option}: {_text(account.code)}" + (f"   # {_comment(account.name)}" if account.name else "")


def _taxes(chosen: Starter) -> Iterator[str]:
    kept = dict(chosen.kept.get("taxes", {}))
    yield "taxes:"
    yield "  # Vtiger's taxes are found in Xero by name and rate. Where the names differ, say which is which:"
    yield from _block({"map": kept.pop("map", {})}, 1)
    for line in chosen.notes:
        yield f"  # {_comment(line)}"
    yield from _block(kept, 1)


def _block(values: Mapping[str, Any], depth: int) -> Iterator[str]:
    """Write options as they were; what YAML might take for something else is quoted."""
    blanks = "  " * depth
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield f"{blanks}{_quoted(name)}:"
            yield from _block(value, depth + 1)
        else:
            shown = _quoted(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"{blanks}{_quoted(name)}: {shown}"


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _TAKEN else _text(text)


def _text(value: str) -> str:
    """Quote a text; JSON's quotes are YAML's."""
    return json.dumps(value, ensure_ascii=False)


def _comment(text: str) -> str:
    """Keep a text of others in its comment: on one line, and printable."""
    return "".join(char if char.isprintable() else " " for char in text).strip()

"""The text of a first config: short, commented, with what was chosen and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from vtxero.config.settings import ModulesSettings

Flow = Literal["pkce", "standard", "client_credentials"]
MODULES = tuple(ModulesSettings.model_fields)
COMMENTS = {
    "taxes": "Xero's tax rates become Vtiger's taxes; each is a column there for good",
    "organizations": "with their contact persons",
    "contacts": "people without an organization, where an invoice refers to them",
    "products": "with services",
    "invoices": "sales invoices, never bills",
    "payments": "where this Vtiger has a module for them",
}


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


def starter_text(chosen: Starter) -> str:
    """Write the config as YAML."""
    return "\n".join((*_head(chosen), *_vtiger(chosen), *_xero(chosen), *_modules(chosen), *_taxes(chosen))) + "\n"


def _head(chosen: Starter) -> Iterator[str]:
    yield "# Written by `vtxero init`. Every option with its default: config.example.yaml, or `vtxero config show`."
    yield "# A variable wins over this file, a flag over both: vtiger.url is VTXERO_VTIGER_URL, and so on."
    if chosen.profile:
        yield ""
        yield f"profile: {_text(chosen.profile)}"
    if chosen.state_dir:
        yield ""
        yield f"state_dir: {_text(chosen.state_dir)}   # stand-ins must not share one with real books"
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
    yield ""


def _modules(chosen: Starter) -> Iterator[str]:
    yield "modules:"
    for name in MODULES:
        is_on = name in chosen.modules
        said = COMMENTS.get(name, "")
        yield f"  {name}:" + (f"{'':<{max(1, 31 - len(name))}}# {said}" if said else "")
        yield f"    enabled: {'true' if is_on else 'false'}"
        if not is_on:
            continue
        if name != "taxes":
            yield f"    direction: {chosen.direction:<19} # to-xero, to-vtiger or both"
        for key, account in chosen.accounts.items():
            module, _, option = key.partition(".")
            if module == name:
                yield f"    {option}: {_text(account.code)}" + (
                    f"   # {_comment(account.name)}" if account.name else ""
                )
    yield ""


def _taxes(chosen: Starter) -> Iterator[str]:
    yield "taxes:"
    yield "  # Vtiger's taxes are found in Xero by name and rate. Where the names differ, say which is which:"
    yield "  map: {}"
    for line in chosen.notes:
        yield f"  # {_comment(line)}"


def _text(value: str) -> str:
    """Quote a text; JSON's quotes are YAML's."""
    return json.dumps(value, ensure_ascii=False)


def _comment(text: str) -> str:
    """Keep a text of others in its comment: on one line, and printable."""
    return "".join(char if char.isprintable() else " " for char in text).strip()

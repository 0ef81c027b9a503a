"""Knocks at an address without logging in: which Vtiger answers there, and whether it knows a user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from vtxero.errors import NotModelledError
from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.address import Address, parse_address
from vtxero.vtiger.answers import read_answer
from vtxero.vtiger.cloud_answers import read_cloud_answer
from vtxero.vtiger.errors import Call, Failure, NoVtigerError
from vtxero.vtiger.transport import Message, Transport

UNKNOWN_USER = "username does not exist"
"""Of getchallenge (measured on 8.2.0 and 8.3.0: "username does not exists")."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who answered. `knows_user` is None where that edition does not tell before the login."""

    edition: Edition
    knows_user: bool | None = None


def greet(access: VtigerAccess, *, http: httpx.Client | None = None) -> Greeting:
    """Ask for a challenge, which is no try of a login; the cloud edition is asked for nothing it would give.

    Nobody waits: who typed the address is told at once.

    Raises:
        ConfigError: it is no address, or no Vtiger answers there.
        TemporaryError: nothing answers there.
        AuthError: something in front of Vtiger refuses.
    """
    address = parse_address(access.url, allow_http=access.allow_http)
    transport = Transport(access, http=http, sleep=lambda _: None)
    try:
        return _greeted(access, address, transport)
    except (NoVtigerError, NotModelledError) as error:
        raise NoVtigerError(
            f"No Vtiger answers at {address.base}: {error.message}",
            remedy="Give the address that Vtiger's login page has in the browser.",
        ) from error
    finally:
        transport.close()


def _greeted(access: VtigerAccess, address: Address, transport: Transport) -> Greeting:
    if access.edition is Edition.CLOUD or (access.edition is Edition.AUTO and address.is_cloud):
        return _greet_cloud(access, address, transport)
    try:
        return _greet_self_hosted(access, address, transport)
    except (NoVtigerError, NotModelledError) as first:
        if access.edition is not Edition.AUTO:
            raise
        try:
            return _greet_cloud(access, address, transport)
        except (NoVtigerError, NotModelledError):
            raise first from None


def _greet_self_hosted(access: VtigerAccess, address: Address, transport: Transport) -> Greeting:
    call = Call("getchallenge", "", address.endpoint, access.username)
    values = {"operation": "getchallenge", "username": access.username}
    found = transport.send(Message(address.endpoint, values), call, read_answer)
    is_unknown = isinstance(found, Failure) and UNKNOWN_USER in found.message
    return Greeting(Edition.OPEN_SOURCE, knows_user=not is_unknown)


def _greet_cloud(access: VtigerAccess, address: Address, transport: Transport) -> Greeting:
    call = Call("me", "", address.cloud_endpoint, access.username)
    message = Message(f"{address.cloud_endpoint}/me", {})
    transport.send(message, call, _read_refusal)
    return Greeting(Edition.CLOUD)


def _read_refusal(response: httpx.Response, call: Call) -> Any:
    """Take a demand for a login for what it is: somebody is there."""
    return None if response.status_code == httpx.codes.UNAUTHORIZED else read_cloud_answer(response, call)

"""What the login server's tokens are made of: who asks, PKCE's challenge, and readable tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets

from vtxero.sandbox.xero.wire import Record

CLIENTS = {"sandbox": "sandbox"}
"""The apps that have a secret."""


class TokenRefusedError(Exception):
    """The token endpoint's 400; `description` goes along where Xero sends one."""

    def __init__(self, error: str, description: str | None = None) -> None:
        super().__init__(error)
        self.shape: Record = {"error": error}
        if description:
            self.shape["error_description"] = description


def client_of(form: dict[str, str], authorization: str) -> tuple[str, bool]:
    """Tell which app asks, and whether it proved itself with its secret."""
    client_id, secret = form.get("client_id", ""), form.get("client_secret")
    if authorization:
        try:
            decoded = base64.b64decode(authorization.partition(" ")[2], validate=True).decode()
        except (ValueError, UnicodeDecodeError):
            raise TokenRefusedError("invalid_client") from None
        client_id, _, secret = decoded.partition(":")
    if not client_id or (secret is not None and CLIENTS.get(client_id) != secret):
        raise TokenRefusedError("invalid_client")
    return client_id, secret is not None


def challenge_of(verifier: str) -> str:
    """Give the S256 challenge of a verifier (RFC 7636)."""
    return _base64(hashlib.sha256(verifier.encode()).digest())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def readable_token(claims: Record) -> str:
    """Make a token that can be read like Xero's; its signature is random, for nobody here checks it."""
    parts = ({"alg": "RS256", "typ": "JWT", "kid": "sandbox"}, claims)
    return ".".join([*(_base64(json.dumps(part).encode()) for part in parts), secrets.token_urlsafe(32)])

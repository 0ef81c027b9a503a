"""The pure half of a login by browser: what to open, and what the browser's way back means."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from vtxero.errors import AuthError
from vtxero.xero.access import Grant, XeroAccess

AGAIN = "Start once more with `vtxero auth xero`."


class WrongAddressError(AuthError):
    """What was pasted is no answer to the attempt; the right one may still come."""


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """One attempt: `url` is opened in the browser, the rest is kept until the browser comes back (five minutes)."""

    url: str
    state: str = field(repr=False)
    verifier: str = field(repr=False, default="")


def new_secret() -> str:
    """Make a state or a PKCE verifier: 43 characters of the alphabet that RFC 7636 allows."""
    return secrets.token_urlsafe(32)


def challenge_of(verifier: str) -> str:
    """Give the S256 challenge of a verifier (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def begin_login(access: XeroAccess, *, state: str = "", verifier: str = "") -> LoginAttempt:
    """Prepare an attempt; state and verifier are fresh unless given."""
    state = state or new_secret()
    query = {
        "response_type": "code",
        "client_id": access.client_id,
        "redirect_uri": access.redirect_uri,
        "scope": " ".join(access.wanted_scopes),
        "state": state,
    }
    verifier = (verifier or new_secret()) if access.grant is Grant.PKCE else ""
    if verifier:
        query |= {"code_challenge": challenge_of(verifier), "code_challenge_method": "S256"}
    return LoginAttempt(f"{access.authorize_url}?{urlencode(query)}", state, verifier)


def read_redirect(attempt: LoginAttempt, redirect: str) -> str:
    """Take the code out of the address that the browser was sent to, received or pasted, whole or from the `?` on.

    Raises:
        WrongAddressError: it is not the answer to this attempt.
        AuthError: Xero said no.
    """
    text = redirect.strip().strip("<>\"'")
    query = urlsplit(text).query or (text if "=" in text and "://" not in text else "")
    answer = {name: values[-1] for name, values in parse_qs(query.lstrip("?")).items()}
    if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
        raise WrongAddressError("This address does not belong to the login that was started here.", remedy=AGAIN)
    if "error" in answer:
        raise AuthError(_refusal(answer), remedy=AGAIN)
    if not answer.get("code"):
        raise WrongAddressError("The address holds no code.", remedy="Copy it whole, from http to its end.")
    return answer["code"]


def _refusal(answer: dict[str, str]) -> str:
    if answer["error"] == "access_denied":
        return "The login was cancelled in the browser."
    told = answer.get("error_description") or answer["error"]
    return f"Xero refused the login: {told}"

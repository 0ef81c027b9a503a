"""What broke on the way to a service and back, in words for people."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Mapping

UNREACHED = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
UNTRUSTED = "its certificate was not accepted"
KINDS: Mapping[type[OSError], str] = {
    socket.gaierror: "the name of the server cannot be found",
    ConnectionRefusedError: "the connection was refused",
    TimeoutError: "no answer came in time",
    ConnectionError: "the connection broke",
}
LAYERS = 8
"""Libraries wrap a fault a few times; a chain of causes may also bite its own tail."""


def fault_in_words(error: BaseException, *, otherwise: str) -> str:
    """Say what became of a connection, by the fault of the operating system beneath; `otherwise` where there is none.

    The libraries' own texts name their classes and numbers of errors, which help nobody who has to mend a network.
    """
    seen: BaseException | None = error
    for _ in range(LAYERS):
        if seen is None:
            break
        found = _of_system(seen)
        if found:
            return found
        seen = seen.__cause__ or seen.__context__
    return otherwise


def is_untrusted(words: str) -> bool:
    """Tell whether a fault in these words is about a certificate."""
    return words.startswith(UNTRUSTED)


def _of_system(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError):
        return _of_encryption(error)
    if isinstance(error, OSError) and error.errno in UNREACHED:
        return "the network does not reach the server"
    return next((words for kind, words in KINDS.items() if isinstance(error, kind)), "")


def _of_encryption(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{UNTRUSTED} ({getattr(error, 'verify_message', '') or 'nobody known vouches for it'})"
    return "it does not speak https" if "WRONG_VERSION_NUMBER" in str(error) else ""

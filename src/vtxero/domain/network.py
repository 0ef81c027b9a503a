"""What broke on the way to a service and back, in words for people."""

from __future__ import annotations

import errno
import socket

UNREACHED = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
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


def _of_system(error: BaseException) -> str:
    match error:
        case socket.gaierror():
            return "the name of the server cannot be found"
        case ConnectionRefusedError():
            return "the connection was refused"
        case TimeoutError():
            return "no answer came in time"
        case ConnectionError():
            return "the connection broke"
        case OSError(errno=number) if number in UNREACHED:
            return "the network does not reach the server"
    return ""

"""Ctrl-C and SIGTERM: the write in flight is finished, then the run ends. A second Ctrl-C leaves at once."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from vtxero.errors import SignalError

_log = logging.getLogger("vtxero")

NEXT_RUN = "the next run"
NOTHING = "nothing was written"
EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
WHO = {signal.SIGINT: "by Ctrl-C", signal.SIGTERM: "by the system (SIGTERM)"}


class StopRequest:
    """Whether a signal has asked the run to end; `successor` is what goes on then, blank where nothing has to."""

    def __init__(self, successor: str) -> None:
        self._signal: signal.Signals | None = None
        self._successor = successor

    def take(self, number: int, frame: FrameType | None) -> None:
        """Note a signal; the second one ends the process as it always would."""
        del frame
        if self._signal is not None:
            raise KeyboardInterrupt
        self._signal = signal.Signals(number)
        with suppress(RuntimeError):  # stderr is in the middle of a line: Python writes no other into it
            _log.warning("Finishing what is under way. Ctrl-C once more stops at once, which is safe too.")

    def check(self) -> None:
        """Raise SignalError when a signal came."""
        if self._signal is not None:
            went_on = f"what was under way was finished, and {self._successor} goes on"
            raise _stopped(self._signal, went_on if self._successor else NOTHING)


def _stopped(number: signal.Signals, how: str) -> SignalError:
    return SignalError(f"Stopped {WHO[number]}; {how}.", exit_code=EXIT_CODES[number])


@contextmanager
def stop_at_once() -> Iterator[None]:
    """While a person is asked, and nothing is under way, let a signal end the question itself.

    Raises:
        SignalError: a signal came.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _: FrameType | None) -> None:
        raise _stopped(signal.Signals(number), NOTHING)

    old = {number: signal.signal(number, leave) for number in EXIT_CODES}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


@contextmanager
def stop_on_signals(successor: str = NEXT_RUN) -> Iterator[StopRequest]:
    """Take over both signals while a run is under way; outside the main thread they cannot be taken."""
    request = StopRequest(successor)
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    old = {number: signal.signal(number, request.take) for number in EXIT_CODES}
    try:
        yield request
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)

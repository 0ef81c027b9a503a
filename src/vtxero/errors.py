"""Every error that leaves a package, grouped by what to do next.

    VtxeroError
    |-- ConfigError          2  mend the config or the command line
    |   `-- OptionError        an option of the config, whose file and line can be named
    |-- AuthError            4  log in again
    |   `-- SecretRefusedError   a secret, or the name that goes with it, is not the right one
    |-- TemporaryError       5  run again later
    |   `-- ReplyLostError      a write left and no answer came: look before sending again
    |-- StopError            6  a person decides (guards, preflight)
    |-- DeclinedError        6  a person was asked and said no
    |-- BudgetError          7  calls, day or time are used up; the next run goes on
    |-- SignalError    130/143  Ctrl-C or SIGTERM: the write in flight was finished, unless it came twice
    |-- LockedError         11  another run is under way
    |-- StateError          12  the state database cannot be used
    |-- RefusedError            one record was refused; the others go on
    `-- NotModelledError     1  the service answered something vtxero does not know

Vendor exceptions are translated in `vtiger/errors.py`, `answers.py` and `refusals.py`, and in `xero/errors.py` only.
"""

from __future__ import annotations


class VtxeroError(Exception):
    """Base of all errors with a message for people.

    Attributes:
        exit_code: the process's exit code when this ends a run (the README lists them).
        remedy: what the reader can do, one sentence; empty when the message says it all.
        usual_remedy: what stands there where none is given.
    """

    exit_code = 1
    usual_remedy = ""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy or self.usual_remedy

    @property
    def told(self) -> str:
        """What a report says of it: what happened, and what to do."""
        return f"{self.message} {self.remedy}".rstrip()


class ConfigError(VtxeroError):
    """The config or the command line is wrong."""

    exit_code = 2


class OptionError(ConfigError):
    """An option of the config asks for what cannot be. `option` is its key with dots; the message begins with it."""

    usual_remedy = "Correct what is named there."

    def __init__(self, option: str, text: str) -> None:
        super().__init__(f"{option}: {text}")
        self.option = option


class AuthError(VtxeroError):
    """Not logged in, or the login does not reach far enough."""

    exit_code = 4


class SecretRefusedError(AuthError):
    """The service does not take the secret, or the name that goes with it.

    Attributes:
        service: "vtiger" or "xero".
        first: what to check before the secret, one sentence.
    """

    def __init__(self, message: str, *, service: str, secret: str, first: str) -> None:
        super().__init__(message, remedy=f"{first} If that is right, correct the {secret}.")
        self.service = service
        self.first = first


class TemporaryError(VtxeroError):
    """A passing fault outlasted the retries."""

    exit_code = 5


class ReplyLostError(TemporaryError):
    """A write was sent and its answer never came: it may or may not have been carried out."""


class StopError(VtxeroError):
    """A guard or the preflight stops the run before any write.

    Attributes:
        code: the reason's code (`RUN-...`).
        allow: the guard's name for `--allow`, empty where nothing lets it through.
    """

    exit_code = 6

    def __init__(self, message: str, *, code: str, remedy: str = "", allow: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.code = code
        self.allow = allow

    @property
    def told(self) -> str:
        """The same, behind the reason's code."""
        return f"{self.code}: {super().told}"


class DeclinedError(VtxeroError):
    """A person was asked before the first write, and said no."""

    exit_code = 6


class BudgetError(VtxeroError):
    """The budget of calls or time is used up; what is done is saved."""

    exit_code = 7


class SignalError(VtxeroError):
    """A signal asked the run to end; what was done is saved, and the next run goes on."""

    def __init__(self, message: str, *, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class LockedError(VtxeroError):
    """Another run holds the lock of this profile."""

    exit_code = 11


class StateError(VtxeroError):
    """The state database is unreadable, or was written by a newer vtxero."""

    exit_code = 12


class RefusedError(VtxeroError):
    """The service refused one record, in its own words.

    Attributes:
        messages: the service's sentences, verbatim.
        service: "vtiger" or "xero".
    """

    exit_code = 3

    def __init__(self, messages: tuple[str, ...], *, service: str, remedy: str = "") -> None:
        super().__init__("; ".join(messages), remedy=remedy)
        self.messages = messages
        self.service = service


class NotModelledError(VtxeroError):
    """A service answered in a shape that vtxero does not know: a bug of ours, or a new version of theirs."""

    usual_remedy = "The next run tries it again. If it says the same, please report it with this message."

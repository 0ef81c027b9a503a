"""What every test starts with: no settings of the machine it runs on, and loggers as they are when a process starts."""

from __future__ import annotations

import logging
import os
import signal

import pytest
from hypothesis import settings

# The same examples in every run of `make test`: who changes nothing sees no other result. New ones are searched for by
# `make soak`.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", print_blob=True)
settings.load_profile("steady")


# A shell's background job ignores Ctrl-C, and so would every command that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Commands are started by the hundred: where nobody may store bytecode, each would compile all of vtxero anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    """Take away every VTXERO_* variable of whoever runs the tests, except those that ask for a real service."""
    for name in os.environ:
        if name.startswith("VTXERO_") and not name.startswith("VTXERO_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _clean_loggers():
    """Undo what a command set on our loggers: the process ends with it, the tests go on."""
    yield
    for name, logger in logging.Logger.manager.loggerDict.items():
        if name.partition(".")[0] == "vtxero" and isinstance(logger, logging.Logger):
            for handler in list(logger.handlers):
                logger.removeHandler(handler)
                handler.close()
            logger.setLevel(logging.NOTSET)
            logger.propagate = True
            logger.disabled = False

"""Faults of the network are told in words, whatever library and class they come from."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from vtxero.domain.network import fault_in_words


class LibraryError(Exception):
    """What a library wraps a fault in."""


def wrapped(fault, *, openly=True):
    try:
        try:
            raise fault
        except OSError as error:
            if openly:
                raise LibraryError(f"HTTPConnection: {fault}") from error
            raise LibraryError(f"HTTPConnection: {fault}")  # noqa: B904 - as libraries do
    except LibraryError as error:
        return error


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "the name of the server cannot be found"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "the connection was refused"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), "the connection broke"),
        (BrokenPipeError(errno.EPIPE, "pipe"), "the connection broke"),
        (TimeoutError("timed out"), "no answer came in time"),
        (OSError(errno.ENETUNREACH, "unreachable"), "the network does not reach the server"),
        (OSError(errno.EIO, "odd"), "otherwise"),
        (
            ssl.SSLCertVerificationError("[SSL: CERTIFICATE_VERIFY_FAILED] (_ssl.c:1006)"),
            "its certificate was not accepted (nobody known vouches for it)",
        ),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "it does not speak https"),
    ],
)
@pytest.mark.parametrize("openly", [True, False])
def test_fault_of_the_system_when_a_library_wraps_it_is_told_in_words(fault, words, openly):
    assert fault_in_words(wrapped(fault, openly=openly), otherwise="otherwise") == words


def test_chain_of_causes_that_bites_its_own_tail_ends():
    one, other = LibraryError("one"), LibraryError("other")
    one.__cause__, other.__cause__ = other, one

    assert fault_in_words(one, otherwise="the connection broke") == "the connection broke"

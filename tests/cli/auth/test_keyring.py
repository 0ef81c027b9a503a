"""`vtxero auth` where there is a keyring."""

from __future__ import annotations

import keyring
import keyring.backend
import pytest

from cli.logging_in import KEY, status


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring for one test; `is_locked` stands for one that somebody has locked meanwhile."""

    priority = 5

    def __init__(self):
        self.kept = {}
        self.is_locked = False

    def get_password(self, service, username):
        if self.is_locked:
            raise OSError("locked")
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture
def ring(world):
    """A keyring that the config asks for."""
    before, ring = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(ring)
    world.config.write_text(world.config.read_text().replace("logins: file", "logins: keyring"))
    yield ring
    keyring.set_keyring(before)


@pytest.mark.usefixtures("browser")
def test_keyring_when_there_is_one_keeps_every_secret_and_no_file_does(world, ring, vtxero, type_in):
    type_in(KEY)
    assert vtxero("auth").code == 0

    found = status(vtxero)
    assert (found["vtiger"]["kept"], found["xero"]["kept"]) == (
        {"access_key": "the keyring"},
        {"token": "the keyring"},
    )
    assert vtxero("sync", "--dry-run").code == 0
    assert not world.secrets.exists()
    assert len(ring.kept) == 2
    assert vtxero("auth", "logout").code == 0
    assert ring.kept == {}


@pytest.mark.usefixtures("browser")
def test_keyring_when_it_is_locked_is_exit_code_4(ring, vtxero, type_in):
    type_in(KEY)
    assert vtxero("auth").code == 0
    ring.is_locked = True

    for words in (["auth", "status"], ["auth", "logout"], ["sync"]):
        ran = vtxero(*words)
        assert ran.code == 4
        assert "keyring" in (ran.out + ran.err).lower()

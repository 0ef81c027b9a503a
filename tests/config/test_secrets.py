from __future__ import annotations

import stat
import threading
import time

import keyring
import keyring.backend
import keyring.backends.fail
import pytest

from config.samples import MINIMAL, load_text
from vtxero.config import secrets
from vtxero.errors import AuthError, ConfigError


class MemoryKeyring(keyring.backend.KeyringBackend):
    priority = 5

    def __init__(self):
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


class SilentKeyring(MemoryKeyring):
    def __init__(self):
        super().__init__()
        self.answer = threading.Event()

    def get_password(self, *_):
        self.answer.wait(30)


class BrokenKeyring(MemoryKeyring):
    def set_password(self, *_):
        raise OSError("the bus is gone")


@pytest.fixture
def use_keyring():
    before = keyring.get_keyring()

    def use(backend):
        keyring.set_keyring(backend)
        return backend

    yield use
    keyring.set_keyring(before)


@pytest.fixture
def warnings():
    return []


def settings_of(folder, added=""):
    return load_text(folder, f"{MINIMAL}state_dir: {folder}/state\n{added}").settings


def test_store_when_there_is_a_keyring_is_the_keyring(tmp_path, use_keyring, warnings):
    backend = use_keyring(MemoryKeyring())

    store = secrets.open_store(settings_of(tmp_path), warnings.append)
    store.set("a", "1")

    assert backend.kept == {("vtxero:default", "a"): "1"}
    assert store.get("a") == "1"
    store.delete("a")
    store.delete("a")
    assert store.get("a") is None
    assert warnings == []


def test_store_when_there_is_no_keyring_is_a_private_file_and_a_warning_names_it(tmp_path, use_keyring, warnings):
    use_keyring(keyring.backends.fail.Keyring())
    settings = settings_of(tmp_path)

    store = secrets.open_store(settings, warnings.append)
    store.set("a", "1")

    assert store.get("a") == "1"
    assert str(settings.secrets_file) in warnings[0]
    assert stat.S_IMODE(settings.secrets_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.secrets_file.parent.stat().st_mode) == 0o700


def test_store_when_the_keyring_never_answers_gives_up_in_time(tmp_path, use_keyring, warnings, monkeypatch):
    backend = use_keyring(SilentKeyring())
    monkeypatch.setattr(secrets.KeyringStore.__init__, "__kwdefaults__", {"timeout": 0.05})
    began = time.monotonic()

    store = secrets.open_store(settings_of(tmp_path), warnings.append)
    backend.answer.set()

    assert isinstance(store, secrets.FileStore)
    assert "did not answer within 0.05 seconds" in warnings[0]
    assert time.monotonic() - began < 20  # it answers after thirty seconds


def test_store_when_a_file_exists_stays_there_though_a_keyring_came_up(tmp_path, use_keyring, warnings):
    settings = settings_of(tmp_path)
    secrets.FileStore(settings.secrets_file).set("a", "1")
    use_keyring(MemoryKeyring())

    assert secrets.open_store(settings, warnings.append).get("a") == "1"


def test_store_when_the_config_says_file_never_asks_the_keyring(tmp_path, use_keyring, warnings):
    use_keyring(SilentKeyring())

    store = secrets.open_store(settings_of(tmp_path, "logins: file"), warnings.append)

    assert isinstance(store, secrets.FileStore)
    assert warnings == []


def test_store_when_the_config_says_keyring_and_there_is_none_is_a_login_error(tmp_path, use_keyring, warnings):
    use_keyring(keyring.backends.fail.Keyring())

    with pytest.raises(AuthError, match="keyring cannot be used"):
        secrets.open_store(settings_of(tmp_path, "logins: keyring"), warnings.append)


def test_secrets_when_the_config_holds_them_need_no_store(tmp_path, use_keyring, warnings):
    use_keyring(SilentKeyring())
    text = MINIMAL.replace("admin", "admin\n  access_key: k3y")
    settings = load_text(tmp_path, text).settings

    assert secrets.with_secrets(settings, warnings.append) is settings


@pytest.mark.usefixtures("use_keyring")
def test_secrets_when_stored_are_filled_in(tmp_path, warnings):
    settings = load_text(
        tmp_path, f"{MINIMAL}  flow: client_credentials\nstate_dir: {tmp_path}/state\nlogins: file\n"
    ).settings
    store = secrets.FileStore(settings.secrets_file)
    store.set(secrets.vtiger_key_name(settings), "vk")
    store.set(secrets.xero_secret_name(settings), "xs")

    complete = secrets.with_secrets(settings, warnings.append)

    assert complete.vtiger.access_key.get_secret_value() == "vk"
    assert complete.xero.client_secret.get_secret_value() == "xs"


@pytest.mark.usefixtures("use_keyring")
def test_secrets_when_the_login_is_for_another_address_are_not_used(tmp_path, warnings):
    settings = settings_of(tmp_path, "logins: file")
    other = settings.model_copy(
        update={"vtiger": settings.vtiger.model_copy(update={"url": "https://other.example.com"})}
    )
    secrets.FileStore(settings.secrets_file).set(secrets.vtiger_key_name(other), "vk")

    with pytest.raises(AuthError, match=r"access key of the user 'admin' .* is not known") as caught:
        secrets.with_secrets(settings, warnings.append)

    assert "VTXERO_VTIGER_ACCESS_KEY" in caught.value.remedy


@pytest.mark.parametrize("damage", ["{", "[]", '{"a": 1}'])
def test_file_store_when_damaged_says_so_without_quoting_it(tmp_path, damage):
    path = tmp_path / "secrets.json"
    path.write_text(damage)

    with pytest.raises(AuthError, match="are damaged"):
        secrets.FileStore(path).get("a")


def test_file_store_when_open_to_others_is_closed(tmp_path):
    path = tmp_path / "secrets.json"
    path.write_text('{"a": "1"}')
    path.chmod(0o644)

    assert secrets.FileStore(path).get("a") == "1"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_file_store_when_many_write_at_once_loses_nothing(tmp_path):
    path = tmp_path / "secrets.json"

    def write(number):
        secrets.FileStore(path).set(f"n{number}", str(number))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {name: secrets.FileStore(path).get(name) for name in (f"n{n}" for n in range(8))} == {
        f"n{n}": str(n) for n in range(8)
    }


def test_file_store_when_the_disk_refuses_keeps_the_old_login(tmp_path, monkeypatch):
    path = tmp_path / "secrets.json"
    store = secrets.FileStore(path)
    store.set("a", "old")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        store.set("a", "new")

    monkeypatch.undo()
    assert store.get("a") == "old"
    assert {item.name for item in tmp_path.iterdir()} == {"secrets.json", "secrets.lock"}


@pytest.mark.parametrize("where", ["keyring", "file"])
def test_token_keeper_keeps_what_was_saved(tmp_path, use_keyring, warnings, where):
    use_keyring(MemoryKeyring())
    settings = settings_of(tmp_path, f"logins: {where}")
    keeper = secrets.open_token_keeper(settings, warnings.append)

    assert keeper.load_text() is None
    with keeper.lock():
        keeper.save_text('{"access": "x"}')

    assert secrets.open_token_keeper(settings, warnings.append).load_text() == '{"access": "x"}'


@pytest.mark.usefixtures("use_keyring")
def test_token_keeper_when_locked_lets_nobody_else_renew(tmp_path, warnings):
    settings = settings_of(tmp_path, "logins: file")
    keeper = secrets.open_token_keeper(settings, warnings.append)
    order = []

    def renew():
        with secrets.open_token_keeper(settings, warnings.append).lock():
            order.append("second")

    with keeper.lock():
        other = threading.Thread(target=renew)
        other.start()
        time.sleep(0.2)
        order.append("first")
    other.join()

    assert order == ["first", "second"]


def test_token_keeper_when_the_keyring_refuses_is_a_login_error(tmp_path, use_keyring, warnings):
    use_keyring(BrokenKeyring())
    keeper = secrets.open_token_keeper(settings_of(tmp_path), warnings.append)

    with pytest.raises(AuthError, match="did not take the new login"):
        keeper.save_text("x")

from __future__ import annotations

import io
import json
import sys

import pytest
import yaml

from chain.cloud_company import open_cloud
from cli.logging_in import BROWSER, consent, free_port
from cli.terminal import Terminal, plain
from vtxero.config.load import Sources, load

KEY_VARIABLE, SECRET_VARIABLE = "VTXERO_VTIGER_ACCESS_KEY", "VTXERO_XERO_CLIENT_SECRET"
KEYS = {"VTXERO_VTIGER_ACCESS_KEY": "sandbox-key", "VTXERO_XERO_CLIENT_SECRET": "sandbox"}


@pytest.fixture
def flags(shop, monkeypatch):
    """Flags that lead to the shop's services; its own config is put away, the secrets are in variables."""
    shop.path.unlink()
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    chosen = shop.company.settings
    return [
        *("--no-input", "--vtiger-url", chosen.vtiger.url, "--vtiger-username", "admin"),
        *("--xero-client-id", "sandbox", "--xero-flow", "client_credentials", "--xero-url", chosen.xero.identity_url),
    ]


def test_init_with_flags_writes_a_config_that_a_sync_accepts(flags, vtxero, tmp_path, shop):
    ran = vtxero("init", *flags)

    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"Written: {tmp_path / 'vtxero.yaml'}",
        "Next:",
        "  vtxero doctor",
        "  vtxero sync --dry-run",
    ]
    assert shop.company.writes() == []
    assert vtxero("doctor").code == 0
    assert vtxero("sync", "--dry-run").code == 0


def test_init_writes_what_was_found_and_no_secret(flags, vtxero, tmp_path):
    vtxero("init", *flags)

    path = tmp_path / "vtxero.yaml"
    text = path.read_text()
    content = yaml.safe_load(text)
    assert path.stat().st_mode & 0o077 == 0
    assert "sandbox-key" not in text
    assert "client_secret" not in content["xero"]
    assert content["xero"]["tenant_id"]
    assert content["vtiger"]["edition"] == "open-source"
    assert content["modules"]["invoices"] == {
        "enabled": True, "direction": "both", "sales_account": "200", "shipping_account": "260",
    }  # fmt: skip
    assert content["modules"]["taxes"] == {"enabled": False}
    assert all("#" in line for line in text.splitlines() if line.startswith("  organizations:"))


def test_init_when_asked_for_secrets_in_the_config_puts_them_there(flags, vtxero, tmp_path, monkeypatch):
    ran = vtxero("init", *flags, "--secrets-in-config")

    assert "logins are kept in" not in ran.err
    path = tmp_path / "vtxero.yaml"
    key, secret = (_line_of(path, name) for name in ("access_key:", "client_secret:"))
    assert f"Secrets: Vtiger's access key in {path}:{key}; Xero's client secret in {path}:{secret}." in ran.err
    assert f"Only you can read that file; {' and '.join(KEYS)} win over it while they are set." in ran.err
    for name in KEYS:
        monkeypatch.delenv(name)
    assert yaml.safe_load((tmp_path / "vtxero.yaml").read_text())["vtiger"]["access_key"] == "sandbox-key"
    assert vtxero("doctor").code == 0


def _line_of(path, start):
    """Count to the line of the file that begins with `start`."""
    return next(
        number for number, line in enumerate(path.read_text().splitlines(), 1) if line.strip().startswith(start)
    )


def test_init_flags_choose_modules_direction_accounts_and_taxes(flags, vtxero, tmp_path):
    ran = vtxero(
        *("init", *flags, "--modules", "organizations,invoices", "--direction", "to-xero", "--taxes"),
        *("--sales-account", "260", "--shipping-account", "200", "--config", "own.yaml", "-o", "json"),
    )

    modules = yaml.safe_load((tmp_path / "own.yaml").read_text())["modules"]
    assert {name for name, options in modules.items() if options["enabled"]} == {"taxes", "organizations", "invoices"}
    assert modules["invoices"]["direction"] == "to-xero"
    assert (modules["invoices"]["sales_account"], modules["invoices"]["shipping_account"]) == ("260", "200")
    assert json.loads(ran.out)["next"][0] == "vtxero --config own.yaml doctor"


def test_init_in_the_cloud_takes_the_edition_the_organisation_and_the_account_of_payments(
    vtxero, tmp_path, monkeypatch
):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with open_cloud(tmp_path / "cloud") as company:
        chosen = company.settings
        words = [
            *("--no-input", "init", "--vtiger-url", chosen.vtiger.url, "--vtiger-username", "admin"),
            *("--edition", "cloud", "--allow-http", "--xero-client-id", "sandbox"),
            *("--xero-flow", "client_credentials", "--xero-url", chosen.xero.identity_url),
        ]
        wrong = {
            value: vtxero(*words, flag, value).err
            for flag, value in (("--payments-account", "200"), ("--sales-account", "090"), ("--sales-account", "999"))
        }
        organisation = company.xero.organisation["OrganisationID"]
        refused = vtxero(*words, "--xero-tenant", organisation.replace(organisation[:4], "0000"))
        assert not (tmp_path / "vtxero.yaml").exists()
        ran = vtxero(*words, "--payments-account", "090")

    content = yaml.safe_load((tmp_path / "vtxero.yaml").read_text())
    assert all("-account: " in text and "Those that serve: " in text for text in wrong.values()), wrong
    assert refused.code != 0
    assert ran.code == 0, ran.err
    assert (content["vtiger"]["edition"], content["vtiger"]["allow_http"]) == ("cloud", True)
    assert content["modules"]["payments"]["account"] == "090"


def test_init_with_a_profile_writes_the_profiles_own_file(flags, vtxero, tmp_path):
    ran = vtxero("init", *flags, "--profile", "branch")

    path = next(tmp_path.glob("home/**/branch.yaml"))
    assert ran.code == 0
    assert "vtxero --profile branch doctor" in ran.out
    assert load(Sources(config=None, profile="branch", user_folder=path.parent)).path == path


def test_init_when_a_config_exists_leaves_it_alone_unless_forced(flags, vtxero, tmp_path):
    (tmp_path / "vtxero.yaml").write_text("mine: yes")

    ran = vtxero("init", *flags)

    assert ran.code == 2
    assert "--force" in ran.err
    assert (tmp_path / "vtxero.yaml").read_text() == "mine: yes"
    assert vtxero("init", *flags, "--force").code == 0


def test_init_that_replaces_a_config_without_asking_keeps_what_it_does_not_ask_for(flags, vtxero, tmp_path):
    path = tmp_path / "vtxero.yaml"
    assert vtxero("init", *flags).code == 0
    content = yaml.safe_load(path.read_text())
    content["modules"]["invoices"] |= {"adjustment_account": "200", "shipping_account": "200"}
    content |= {"state_dir": "elsewhere", "guards": {"max_changes": 7}}
    path.write_text(yaml.safe_dump(content))

    ran = vtxero("init", "--no-input", "--force")

    assert ran.code == 0, ran.err
    after = yaml.safe_load(path.read_text())
    assert (after["state_dir"], after["guards"]) == ("elsewhere", {"max_changes": 7})
    assert (after["vtiger"]["url"], after["xero"]["client_id"]) == (
        content["vtiger"]["url"],
        content["xero"]["client_id"],
    )
    accounts = after["modules"]["invoices"]
    assert [str(accounts[name]) for name in ("adjustment_account", "shipping_account")] == ["200", "200"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"--vtiger-url": "nonsense"}, (2, "no web address")),
        ({"--vtiger-url": "WITHOUT HTTP"}, (2, "Write http:// in front of")),
        ({"--vtiger-username": "nobody"}, (4, "does not let the user 'nobody' in")),
        ({"--xero-client-id": "wrong"}, (4, "Xero")),
        ({"--xero-flow": "magic"}, (2, "client_credentials")),
        ({"--sales-account": "999"}, (2, "200 - Sales")),
        ({"--modules": "organizations,invoces"}, (2, "Did you mean invoices?")),
        ({"--vtiger-url": None}, (2, "--vtiger-url is not given")),
        ({"--xero-client-id": None}, (2, "--xero-client-id is not given")),
        ({"--vtiger-url": None, "--vtiger-username": None}, (2, "--vtiger-url and --vtiger-username are not given")),
        ({"--vtiger-url": None}, (2, "VTXERO_VTIGER_ACCESS_KEY and VTXERO_XERO_CLIENT_SECRET")),
    ],
)
def test_init_when_something_is_wrong_says_what_and_writes_nothing(flags, vtxero, tmp_path, change, expected):
    usual = dict(zip(flags[1::2], flags[2::2], strict=True))
    given = usual | change
    if given["--vtiger-url"] == "WITHOUT HTTP":
        given["--vtiger-url"] = usual["--vtiger-url"].removeprefix("http://")
    words = [word for name, value in given.items() if value is not None for word in (name, value)]

    ran = vtxero("init", "--no-input", *words)

    assert ran.code == expected[0]
    assert expected[1] in ran.err
    assert not (tmp_path / "vtxero.yaml").exists()
    assert "sandbox-key" not in ran.err + ran.out
    assert "vtxero.yaml" not in ran.err
    assert "vtxero auth" not in ran.err


@pytest.mark.parametrize(("variable", "what"), [(KEY_VARIABLE, "access key"), (SECRET_VARIABLE, "client secret")])
def test_init_without_a_secret_and_without_a_terminal_names_the_variable(flags, vtxero, monkeypatch, variable, what):
    monkeypatch.delenv(variable)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    ran = vtxero("init", *flags)

    assert ran.code == 4
    assert f"{what} is not given, and nobody can be asked here." in ran.err
    assert f"Set the variable {variable}, or pipe it in." in ran.err
    assert "vtxero auth" not in ran.err


def test_init_when_the_base_currencies_differ_stops_before_it_writes(flags, vtxero, tmp_path, shop):
    shop.company.xero.organisation["BaseCurrency"] = "USD"

    ran = vtxero("init", *flags)

    assert ran.code == 6
    assert not (tmp_path / "vtxero.yaml").exists()


def test_init_on_a_terminal_asks_little_and_keeps_secrets_out_of_the_config(shop, tmp_path):
    shop.path.unlink()
    chosen = shop.company.settings
    with Terminal(["init", "--xero-url", chosen.xero.identity_url], tmp_path) as terminal:
        terminal.answer("Vtiger's address", chosen.vtiger.url)
        terminal.answer("Login name", "admin")
        terminal.answer("Access key of admin", "sandbox-key")
        terminal.answer("Number or code [1]", "2")
        terminal.answer("Client id", "sandbox")
        terminal.answer("Client secret", "sandbox")
        terminal.answer("What to sync", "")
        terminal.answer("Make them in Vtiger?", "")
        terminal.answer("Which way", "")
        terminal.answer("Account of sales", "")
        terminal.answer("Account of shipping", "260")
        code = terminal.end()
        seen = plain(terminal.seen)

    assert code == 0, seen
    assert seen.rstrip().endswith("Next:\n  vtxero doctor\n  vtxero sync --dry-run")
    assert "sandbox-key" not in seen
    assert "secrets.json" in seen
    assert "sandbox-key" not in (tmp_path / "vtxero.yaml").read_text()
    with Terminal(["doctor"], tmp_path) as terminal:
        assert terminal.end() == 0, terminal.seen


@pytest.fixture
def at_xero(shop, tmp_path):
    """A person on a terminal who has answered all questions up to the login at Xero."""
    shop.path.unlink()
    (tmp_path / "browser.py").write_text(BROWSER)

    def begin(*words, browser="true"):
        chosen = shop.company.settings
        terminal = Terminal(
            ["init", "--xero-url", chosen.xero.identity_url, *words],
            tmp_path,
            BROWSER=browser,
            VTXERO_XERO_REDIRECT_PORT=str(free_port()),
            VTXERO_VTIGER_ACCESS_KEY="sandbox-key",
        )
        terminal.answer("Vtiger's address", chosen.vtiger.url)
        terminal.answer("Login name", "admin")
        terminal.answer("Number or code [1]", "")
        terminal.answer("Client id", "my-app")
        return terminal

    return begin


def choose(terminal):
    """Take what suggests itself for the rest, and wait for the end."""
    for question in ("What to sync", "Make them in Vtiger?", "Which way", "Account of sales", "Account of shipping"):
        terminal.answer(question, "")
    return terminal.end()


def test_init_with_a_login_by_browser_needs_no_secret_and_the_config_serves(at_xero, tmp_path):
    with at_xero(browser=f"{sys.executable} {tmp_path / 'browser.py'} %s") as terminal:
        code = choose(terminal)
        seen = plain(terminal.seen)

    assert code == 0, seen
    assert "Xero: logged in to " in seen
    assert "Xero's login in " in seen.replace("\n", " ")
    content = yaml.safe_load((tmp_path / "vtxero.yaml").read_text())
    assert (content["xero"]["flow"], content["xero"]["client_id"]) == ("pkce", "my-app")
    assert "client_secret" not in content["xero"]
    with Terminal(["sync", "--dry-run"], tmp_path, VTXERO_VTIGER_ACCESS_KEY="sandbox-key") as terminal:
        assert terminal.end() == 0, terminal.seen


def test_init_without_a_browser_takes_the_pasted_address_and_asks_again_after_a_wrong_one(at_xero):
    with at_xero("--no-browser") as terminal:
        terminal.answer("Paste that address", "http://localhost/nonsense")
        terminal.read_until(lambda: terminal.seen.count("Paste that address") == 2)
        shown = plain(terminal.seen).split("log in:\n")[-1].partition("It ends at")[0]
        terminal.answer("Paste that address", consent("".join(shown.split())))
        code = choose(terminal)
        seen = plain(terminal.seen)

    assert code == 0, seen
    assert seen.count("does not belong to the login that was started here") == 1
    assert seen.count("Client id of your app") == 1
    assert "vtxero auth" not in seen

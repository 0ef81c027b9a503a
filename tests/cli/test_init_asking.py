"""`vtxero init` on a terminal: what is asked again and what is not, what an interruption leaves, what is replaced."""

from __future__ import annotations

import re

import pytest
import yaml

from cli.terminal import Terminal, plain
from vtxero.config.leaves import leaves
from vtxero.config.load import Sources, load

KEY = {"VTXERO_VTIGER_ACCESS_KEY": "sandbox-key", "VTXERO_XERO_CLIENT_SECRET": "sandbox"}
REST = ("What to sync", "Make them in Vtiger?", "Which way", "Account of sales", "Account of shipping")

pytestmark = pytest.mark.timeout(600)
"""A person's whole `init` is played many times in one test: on a busy machine that takes minutes."""


@pytest.fixture
def at(shop, tmp_path):
    """A terminal with `vtxero init` in it, and the addresses of both services; no config is there yet."""
    shop.path.unlink()
    urls = shop.company.settings.vtiger.url, shop.company.settings.xero.identity_url

    def begin(*words, **environ):
        return Terminal(["init", "--xero-url", urls[1], *words], tmp_path, **environ)

    begin.vtiger, begin.xero = urls
    return begin


def files(folder):
    """Everything below a folder that holds anything."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def answer_all(terminal, at, **other):
    """Answer every question; `other` has answers by the first word of a question."""
    for question, usual in (
        ("Vtiger's address", at.vtiger), ("Login name", "admin"), ("Access key", "sandbox-key"),
        ("Number or code", "2"), ("Client id", "sandbox"), ("Client secret", "sandbox"), *((each, "") for each in REST),
    ):  # fmt: skip
        terminal.answer(question, other.get(question.split()[0], usual))


def test_wrong_answers_are_asked_for_again_at_once_and_nothing_else_is(at, tmp_path):
    with at() as terminal:
        terminal.answer("Vtiger's address", "not an address")
        terminal.answer("Vtiger's address", at.xero)
        terminal.answer("Vtiger's address", at.vtiger)
        terminal.answer("Login name", "nobody@acme.example")
        terminal.answer("Login name", "admin")
        terminal.answer("Access key of admin", "mistyped-key")
        terminal.answer("Access key of admin", "sandbox-key")
        terminal.answer("Number or code [1]", "9")
        terminal.answer("Number or code [1]", "2")
        terminal.answer("Client id", "wrong-app")
        terminal.answer("Client secret", "sandbox")
        terminal.answer("Client id of your app (developer.xero.com/app/manage) [wrong-app]", "sandbox")
        terminal.answer("Client secret", "sandbox")
        terminal.answer("What to sync", "organizations,products,invoces")
        terminal.answer("What to sync", "organizations,products,invoices")
        for question in REST[1:]:
            terminal.answer(question, "")
        code = terminal.end()
        seen = " ".join(plain(terminal.seen).split())

    assert code == 0, seen
    assert "Vtiger's address is no web address; write it like https://crm.example.com" in seen
    assert f"No Vtiger answers at {at.xero}: " in seen
    assert "This Vtiger has no active user 'nobody@acme.example'. It is the login name, not the e-mail." in seen
    assert "does not let the user 'admin' in" in seen
    assert "Xero does not accept the client id or the client secret" in seen
    assert "Did you mean invoices?" in seen
    asked = {"Vtiger's address, as": 3, "Login name of": 2, "How to log in": 1, "Which way:": 1, "Account of sales:": 1}
    assert {text: seen.count(text) for text in asked} == asked
    assert "vtxero.yaml:" not in seen
    assert "vtxero auth" not in seen
    assert not re.search("sandbox-key|mistyped-key", seen)
    assert yaml.safe_load((tmp_path / "vtxero.yaml").read_text())["xero"]["client_id"] == "sandbox"


def test_blank_key_leads_back_to_the_login_name_which_stays_as_the_suggestion(at):
    with at() as terminal:
        terminal.answer("Vtiger's address", at.vtiger)
        terminal.answer("Login name", "admin")
        terminal.answer("Access key of admin", "wrong")
        terminal.answer("Access key of admin", "")
        terminal.answer("Login name of the API user in Vtiger [admin]", "")
        terminal.answer("Access key of admin", "sandbox-key")
        terminal.press("\x03", at="Number or code")
        assert terminal.end() == 130
        assert "No key was given, so the login name is asked for again." in plain(terminal.seen)


def test_address_of_nobody_is_told_at_once_and_stays_as_the_suggestion(at):
    with at() as terminal:
        terminal.answer("Vtiger's address", "http://127.0.0.1:1")
        terminal.answer("Vtiger's address, as in the browser [http://127.0.0.1:1]", at.vtiger)
        terminal.press("\x03", at="Login name")
        assert terminal.end() == 130
        seen = " ".join(plain(terminal.seen).split())
        assert "Vtiger cannot be reached at http://127.0.0.1:1" in seen
        assert "run again" not in seen


def test_plain_http_to_another_machine_is_a_question_and_no_is_the_usual_answer(at):
    with at() as terminal:
        terminal.answer("Vtiger's address", "http://crm.acme.test")
        terminal.answer("Use it all the same? [y/N]", "")
        terminal.press("\x03", at="as in the browser:")
        assert terminal.end() == 130
        assert "plain http" in plain(terminal.seen)


def test_flag_that_is_wrong_is_asked_for_and_the_others_are_not(at):
    with at("--vtiger-url", "nonsense", "--vtiger-username", "admin", "--sales-account", "999", **KEY) as terminal:
        terminal.answer("Vtiger's address", at.vtiger)
        terminal.answer("Number or code [1]", "2")
        terminal.answer("Client id", "sandbox")
        for question in REST:
            terminal.answer(question, "")
        code = terminal.end()
        seen = plain(terminal.seen)

    assert code == 0, seen
    assert "Login name" not in seen
    assert "--sales-account: " in seen


def test_variable_that_is_wrong_ends_it_for_it_would_win_again(at, tmp_path):
    with at(VTXERO_VTIGER_URL="nonsense") as terminal:
        assert terminal.end() == 2
        assert "The variable VTXERO_VTIGER_URL says so" in " ".join(plain(terminal.seen).split())
    assert not (tmp_path / "vtxero.yaml").exists()


def test_interruption_at_any_question_leaves_nothing_and_says_so(at, tmp_path):
    questions = (
        ("Vtiger's address", at.vtiger), ("Login name", "admin"), ("Access key", "sandbox-key"),
        ("Number or code", "2"), ("Client id", "sandbox"), ("Client secret", "sandbox"),
        *((each, "") for each in REST),
    )  # fmt: skip
    before = files(tmp_path)
    for place, (last, _) in enumerate(questions):
        with at() as terminal:
            for question, usual in questions[:place]:
                terminal.answer(question, usual)
            terminal.press("\x03", at=last)
            assert terminal.end() == 130, last
            assert (
                plain(terminal.seen).rstrip().endswith("\nStopped. Nothing was written: neither a config nor a login.")
            )
            assert "Traceback" not in terminal.seen
        assert files(tmp_path) == before, last


def test_interruption_while_the_browser_is_waited_for_leaves_nothing(at, tmp_path):
    before = files(tmp_path)
    with at(BROWSER="true", **KEY) as terminal:
        for question, usual in (
            ("Vtiger's address", at.vtiger),
            ("Login name", "admin"),
            ("Number or", ""),
            ("Client id", "my-app"),
        ):
            terminal.answer(question, usual)
        terminal.press("\x03", at="If it does not open")
        assert terminal.end() == 130
    assert files(tmp_path) == before


def test_config_that_exists_stays_unless_somebody_says_otherwise(at, tmp_path):
    (tmp_path / "vtxero.yaml").write_text("lock_timeout: 5\n")
    with at() as terminal:
        terminal.answer("Make it anew?", "")
        assert terminal.end() == 6
        assert "vtxero.yaml stays as it is" in " ".join(plain(terminal.seen).split())
    assert (tmp_path / "vtxero.yaml").read_text() == "lock_timeout: 5\n"


def test_config_that_exists_offers_its_values_and_keeps_what_is_not_asked_for(at, tmp_path):
    old = tmp_path / "vtxero.yaml"
    old.write_text(
        f"state_dir: elsewhere\nlogins: file\nguards: {{max_changes: 7}}\n"
        f"vtiger: {{url: '{at.vtiger}', username: admin, read_timeout: 33}}\n"
        f"xero: {{client_id: sandbox, flow: client_credentials, api_url: '{at.xero}/api.xro/2.0', "
        f"identity_url: '{at.xero}'}}\n"
        "modules:\n  taxes: {enabled: false}\n  payments: {enabled: false}\n"
        "  invoices: {sales_account: '260', shipping_account: '200', edit_approved: true,\n"
        "    fields: {duedate: 'off'}}\n"
        "taxes: {map: {Old GST: OUTPUT2}}\n"
    )
    before = old.read_text()
    with Terminal(["init"], tmp_path, **KEY) as terminal:
        terminal.answer("Make it anew?", "y")
        for question in ("Vtiger's address", "Login name", "Number or code [2]", "Client id", *REST):
            terminal.answer(question, "")
        code = terminal.end()
        seen = " ".join(plain(terminal.seen).split())

    assert code == 0, seen
    loaded = load(Sources(config=old, environ={})).settings
    assert (loaded.guards.max_changes, loaded.vtiger.read_timeout, loaded.logins) == (7, 33.0, "file")
    assert loaded.state_dir == tmp_path / "elsewhere"
    chosen = loaded.modules.invoices
    assert (chosen.sales_account, chosen.shipping_account, chosen.edit_approved) == ("260", "200", True)
    assert loaded.xero.api_url == f"{at.xero}/api.xro/2.0"
    assert dict(loaded.taxes.map) == {"Old GST": "OUTPUT2"}
    assert yaml.safe_load(old.read_text())["modules"]["invoices"]["fields"] == {"duedate": "off"}
    assert (tmp_path / "vtxero.yaml.old").read_text() == before
    assert "vtxero.yaml.old" in seen


def test_config_of_several_profiles_is_never_replaced(at, tmp_path):
    (tmp_path / "vtxero.yaml").write_text("profiles: {a: {}, b: {}}\n")
    with at() as terminal:
        assert terminal.end() == 2
        assert "several profiles" in plain(terminal.seen)
    assert not (tmp_path / "vtxero.yaml.old").exists()


def test_config_names_no_key_and_no_file_that_there_is_not(at, tmp_path):
    with at() as terminal:
        answer_all(terminal, at)
        assert terminal.end() == 0, terminal.seen
    text = (tmp_path / "vtxero.yaml").read_text()

    known = {leaf.name for leaf in leaves()} | {part for leaf in leaves() for part in leaf.key}
    variables = {leaf.variable for leaf in leaves()}
    named = set(re.findall(r"\b[a-z]+\.[a-z_.]+[a-z]\b", re.sub(r'"[^"]*"|https?:\S+', "", text)))
    assert {name for name in named if name not in known} == set()
    assert set(re.findall(r"VTXERO_[A-Z_]+", text)) <= variables
    assert set(re.findall(r"^ *# ?(\w+)(?= is not here)", text, re.MULTILINE)) <= known
    assert "config.example.yaml" not in text
    load(Sources(config=tmp_path / "vtxero.yaml", environ={}))


@pytest.mark.parametrize(
    ("words", "environ", "command"),
    [
        (["--config", "my books.yaml"], {}, "vtxero --config 'my books.yaml'"),
        (["--config", "own.yaml", "--profile", "branch"], {}, "vtxero --config own.yaml --profile branch"),
        ([], {"VTXERO_CONFIG": "other.yaml"}, "vtxero --config other.yaml"),
    ],
)
def test_last_lines_can_be_typed_as_they_are_and_lead_to_what_was_written(at, tmp_path, words, environ, command):
    with at(*words, **environ) as terminal:
        answer_all(terminal, at)
        assert terminal.end() == 0, terminal.seen
        seen = plain(terminal.seen)

    assert seen.rstrip().endswith(f"Next:\n  {command} doctor\n  {command} sync --dry-run")
    with Terminal([*words, "doctor"], tmp_path, **environ) as terminal:
        assert terminal.end() == 0, terminal.seen

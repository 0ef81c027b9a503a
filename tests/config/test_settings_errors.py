from __future__ import annotations

import re
import time

import pytest

from config.samples import MINIMAL, load_text
from vtxero.errors import ConfigError

WRONG = [
    # unknown keys
    ("vtigr: {}", 6, "vtigr: unknown key; did you mean vtiger?"),
    ("profiel: x", 6, "profiel: unknown key; did you mean profile?"),
    ("guard:\n  max_changes: 1", 6, "guard: unknown key; did you mean guards?"),
    ("guards:\n  max_change: 1", 7, "guards.max_change: unknown key; did you mean max_changes?"),
    ("guards:\n  max-changes: 1", 7, "did you mean max_changes?"),
    ("sales_account: 200", 6, "did you mean modules.products.sales_account or modules.invoices.sales_account?"),
    ("modules:\n  invoice: {}", 7, "modules.invoice: unknown key; did you mean invoices?"),
    ("modules:\n  services: {}", 7, "services belong to products; set modules.products"),
    ("modules:\n  quotes: {}", 7, "this section knows taxes, organizations, contacts, products, invoices"),
    ("modules:\n  invoices:\n    roundng: tax", 8, "modules.invoices.roundng: unknown key; did you mean rounding?"),
    # wrong types
    ("modules: 5", 6, "modules: is '5', and should be a section"),
    ("modules:\n  invoices: [a]", 7, "modules.invoices: is a list, and should be a section"),
    ("modules:\n  invoices:\n    void: maybe", 8, "is 'maybe', and should be true or false"),
    ("modules:\n  invoices:\n    sales_account: {a: b}", 8, "is a section, and should be a text"),
    ("modules:\n  invoices:\n    sales_account: [200]", 8, "is a list, and should be a text"),
    ("modules:\n  invoices:\n    sales_account:", 8, "has no value; write one, or remove the line"),
    ("modules:\n  invoices:\n    fields: website", 8, "modules.invoices.fields: is 'website', and should be a section"),
    ("guards:\n  max_changes: many", 7, "is 'many', and should be a whole number"),
    ("guards:\n  max_changes: 1.5", 7, "should be a whole number"),
    ("guards:\n  max_share: half", 7, "is 'half', and should be a number"),
    ("lock_timeout: soon", 6, "lock_timeout: is 'soon', and should be a number"),
    ("log:\n  file: [a]", 7, "log.file: is a list, and should be a path"),
    ("taxes:\n  map: GST", 7, "taxes.map: is 'GST', and should be a section"),
    ("taxes:\n  map: {GST: [a]}", 7, "taxes.map.GST: is a list, and should be a text"),
    ("taxes:\n  map: {GST: 15 %}", 7, "taxes.map: maps 'GST' to '15 %', which is no TaxType of Xero's"),
    ("taxes:\n  map: {GST: ''}", 7, "which is no TaxType"),
    ("taxes:\n  map: {' ': OUTPUT2}", 7, "names no tax"),
    ("taxes:\n  map: {GST 15: OUTPUT2, 'gst 15 ': INPUT2}", 7, "names the tax 'gst 15 ' twice"),
    ("taxes:\n  none: no tax", 7, "taxes.none: is 'no tax', which is no TaxType"),
    # out of bounds
    ("guards:\n  max_changes: -1", 7, "is '-1', and should be at least 0"),
    ("guards:\n  max_share: 2", 7, "is '2', and should be at most 1"),
    ("lock_timeout: -5", 6, "should be at least 0"),
    ("lock_timeout: 10m", 6, "is '10m', and should be a number: seconds to wait for another run to end"),
    ("lock_timeout: nan", 6, "lock_timeout"),
    ("log:\n  max_mb: 0", 7, "should be more than 0"),
    ("log:\n  keep: 0", 7, "should be at least 1"),
    ("ping_url: healthchecks", 6, "is no web address"),
    # wrong words
    ("logins: vault", 6, "is 'vault', and should be one of auto, keyring, file"),
    ("log:\n  level: loud", 7, "should be one of debug, info, warning"),
    ("modules:\n  invoices:\n    direction: to_xero", 8, "did you mean to-xero?"),
    ("modules:\n  invoices:\n    direction: true", 8, "should be one of to-xero, to-vtiger, both"),
    ("modules:\n  invoices:\n    conflict: newer", 8, "should be one of report, xero, vtiger"),
    ("modules:\n  invoices:\n    fields: {duedate: of}", 8, "modules.invoices.fields.duedate: is 'of'"),
    ("modules:\n  invoices:\n    fields: {duedate: {vtiger: [a]}}", 8, "fields.duedate"),
    ("modules:\n  invoices:\n    status_to_xero: {Sent: AUTHORIZED}", 8, "did you mean AUTHORISED?"),
    ("modules:\n  invoices:\n    status_to_vtiger: {AUTHORIZED: Sent}", 7, "AUTHORIZED, which Xero does not know"),
    ("profile: ../other", None, "'../other' is no profile name"),
    ("state_dir: ''", 6, "state_dir: is blank"),
    # the form of the file
    ("vtiger: {}", 6, "vtiger: given twice, first in line 1"),
    ("modules:\n  invoices: {}\n  invoices: {}", 8, "modules.invoices: given twice, first in line 7"),
    ("log:\n\tlevel: info", 7, "a tab stands where YAML wants blanks"),
    ("log: {level: info", 7, "the { of line 6 is not closed"),
    ("log: *nowhere", 6, "refers to one that is nowhere named"),
    ("log: !!python/object/apply:os.system ['true']", 6, "is not allowed"),
    ("log: !secret x", 6, "the YAML tag '!secret' is not allowed"),
    ("log:\n  <<: {level: info}", 7, "a key should be a plain word, and is the merge key"),
    ("? [a, b]\n: c", 6, "a key should be a plain word, and is a list"),
    ("---\nlog: {}", 6, "the file holds several documents"),
    ("profiles: 5", 6, "profiles: should be a section"),
]

WRONG_LOGINS = [
    ("vtiger: {url: 'crm example', username: a}\nxero: {client_id: x}", "vtiger.url: is no web address"),
    ("vtiger: {url: 'ftp://crm.example.com', username: a}\nxero: {client_id: x}", "vtiger.url: is no web address"),
    ("vtiger: {url: 'https://crm.example.com:0x', username: a}\nxero: {client_id: x}", "vtiger.url: is no web address"),
    ("vtiger: {url: 'http://crm.example.com', username: a}\nxero: {client_id: x}", "vtiger.allow_http: true"),
    ("vtiger: {url: 'https://a.example.com/?x=1', username: a}\nxero: {client_id: x}", "leave out what follows"),
    ("vtiger: {url: 'https://a.example.com', username: ' '}\nxero: {client_id: x}", "vtiger.username: is blank"),
    (
        "vtiger: {url: 'https://a.example.com'}\nxero: {client_id: x}",
        "is missing; add it, or set VTXERO_VTIGER_USERNAME",
    ),
    ("vtiger: {username: a}\nxero: {client_id: x}", "is missing; add it, or set VTXERO_VTIGER_URL"),
    (
        "vtiger: {url: 'https://a.example.com', username: a}",
        "xero.client_id: is missing; add it, or set VTXERO_XERO_CLIENT_ID",
    ),
    ("vtiger: {url: 'https://a.example.com', username: a}\nxero:", "xero.client_id: is missing"),
    ("vtiger: {url: 'https://a.example.com', username: a, verify: /no/ca.pem}\nxero: {client_id: x}", "does not exist"),
    ("vtiger: {url: 'https://a.example.com', username: a, read_timeout: 0}\nxero: {client_id: x}", "more than 0"),
    ("vtiger: {url: 'https://a.example.com', username: a}\nxero: {client_id: x, flow: pcke}", "did you mean pkce?"),
    ("vtiger: {url: 'https://a.example.com', username: a}\nxero: {client_id: x, redirect_port: 80}", "at least 1024"),
    (
        "vtiger: {url: 'https://a.example.com', username: a}\nxero: {client_id: x, api_url: 'http://api.example.com'}",
        "plain http is for stand-ins on localhost",
    ),
]


@pytest.mark.parametrize(("added", "line", "said"), WRONG, ids=[case[0][:40] for case in WRONG])
def test_config_when_one_line_is_wrong_names_the_line_the_key_and_the_remedy(tmp_path, added, line, said):
    with pytest.raises(ConfigError) as caught:
        load_text(tmp_path, f"{MINIMAL}{added}\n")

    assert said in caught.value.message
    if line is not None:
        assert re.search(rf"vtxero\.yaml:{line}(:\d+)?: ", caught.value.message)


@pytest.mark.parametrize(("text", "said"), WRONG_LOGINS, ids=[case[1] for case in WRONG_LOGINS])
def test_config_when_a_login_is_wrong_says_what_to_write(tmp_path, text, said):
    with pytest.raises(ConfigError) as caught:
        load_text(tmp_path, text)

    assert said in caught.value.message
    assert "vtxero.yaml" in caught.value.message


def test_config_when_many_lines_are_wrong_names_all_of_them_in_their_order(tmp_path):
    text = f"{MINIMAL}guards: {{max_changes: x}}\nlogins: y\nlog:\n  level: z\n"

    with pytest.raises(ConfigError) as caught:
        load_text(tmp_path, text)

    lines = caught.value.message.splitlines()
    assert [line.partition("vtxero.yaml:")[2].partition(":")[0] for line in lines] == ["6", "7", "9"]
    assert caught.value.exit_code == 2


def test_config_when_a_hundred_keys_are_wrong_stays_readable(tmp_path):
    text = MINIMAL + "\n".join(f"wrong{number}: x" for number in range(100))

    with pytest.raises(ConfigError) as caught:
        load_text(tmp_path, text)

    assert len(caught.value.message.splitlines()) == 21
    assert caught.value.message.endswith("... and 80 more")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "no text in UTF-8"),
        (b"vtiger: \x00\n", "binary"),
        (b"vtiger:\n  url: \xe9\n", ":2: the file is no text in UTF-8"),
        (b"\x07bell: x", "is no text"),
        (b"a" * 10_000_000, "larger than 256 KB"),
        (b"[" * 5_000, "vtxero.yaml"),
        (b"- a\n- b\n", "holds a list"),
        (b"just words", "holds a single value"),
    ],
)
def test_config_when_the_file_is_no_config_says_so_at_once(tmp_path, content, said):
    path = tmp_path / "vtxero.yaml"
    path.write_bytes(content)
    began = time.process_time()

    with pytest.raises(ConfigError) as caught:
        load_bytes(path)

    assert said in caught.value.message
    assert time.process_time() - began < 5


def load_bytes(path):
    from vtxero.config.load import Sources, load

    return load(Sources(config=path, environ={}))


def test_config_when_references_multiply_is_refused_before_memory_runs_out(tmp_path):
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(ConfigError, match="references"):
        load_text(tmp_path, "\n".join(rows))


def test_config_when_a_reference_holds_itself_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="references"):
        load_text(tmp_path, "a: &a\n  b: *a\n")


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_config_when_the_file_cannot_be_read_says_which(tmp_path, kind):
    path = tmp_path / "there.yaml"
    if kind == "folder":
        path.mkdir()

    with pytest.raises(ConfigError, match=r"there\.yaml cannot be read") as caught:
        load_bytes(path)

    assert "--config" in caught.value.remedy


def test_config_when_a_secret_is_of_the_wrong_type_is_never_quoted(tmp_path):
    text = MINIMAL.replace("username: admin", "username: admin\n  access_key: [hunter22hunter22]")

    with pytest.raises(ConfigError) as caught:
        load_text(tmp_path, text)

    assert "hunter22" not in caught.value.message
    assert "vtiger.access_key: should be a text" in caught.value.message


def test_config_when_the_address_holds_a_password_never_quotes_it(tmp_path):
    text = MINIMAL.replace("https://crm", "https://bob:hunter22@crm")

    with pytest.raises(ConfigError) as caught:
        load_text(tmp_path, text)

    assert "hunter22" not in caught.value.message
    assert "holds a user name or password" in caught.value.message

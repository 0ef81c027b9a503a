from __future__ import annotations

import json

import pytest

from cli.conftest import CONFIG
from vtxero.domain.codes import Code


def test_config_show_tells_each_value_and_where_it_comes_from(vtxero, config, monkeypatch):
    monkeypatch.setenv("VTXERO_GUARDS_MAX_CHANGES", "5")

    lines = vtxero("config", "show").out.splitlines()

    assert 'vtiger.url = "https://crm.acme.test"  [vtxero.yaml:3]' in [
        line.replace(f"{config.parent}/", "") for line in lines
    ]
    assert "guards.max_changes = 5  [VTXERO_GUARDS_MAX_CHANGES]" in lines
    assert "guards.max_deletions = 20  [default]" in lines
    assert any(line.startswith('vtiger.access_key = "********"') for line in lines)


@pytest.mark.usefixtures("config")
def test_config_show_json_has_every_option_once(vtxero):
    document = json.loads(vtxero("config", "show", "-o", "json").out)
    keys = [row["key"] for row in document["settings"]]

    assert document["version"] == 1
    assert len(keys) == len(set(keys))
    assert "modules.invoices.status_to_xero" in keys


@pytest.mark.usefixtures("config")
def test_config_check_when_right_says_so(vtxero):
    ran = vtxero("config", "check")

    assert ran.code == 0
    assert ran.out.endswith("vtxero.yaml is right.\n")
    assert vtxero("config", "check", "-q").out == ""
    assert json.loads(vtxero("config", "check", "-o", "json").out)["ok"] is True


def test_config_check_looks_at_every_profile(vtxero, config):
    config.write_text(config.read_text() + "profiles:\n  good: {}\n  bad: {guards: {max_changes: x}}\n")

    ran = vtxero("config", "check")

    assert ran.code == 2
    assert "vtxero.yaml:7: guards.max_changes: is 'x'" in ran.err


def test_config_check_when_wrong_gives_a_document_with_json(vtxero, config):
    config.write_text("vtigr: {}")

    ran = vtxero("config", "check", "-o", "json")

    assert ran.code == 2
    assert "vtigr: unknown key" in json.loads(ran.out)["error"]["message"]


def test_config_schema_needs_no_config(vtxero):
    ran = vtxero("config", "schema")

    assert ran.code == 0
    assert json.loads(ran.out)["title"] == "vtxero"


def test_config_without_a_command_shows_what_there_is(vtxero):
    ran = vtxero("config")

    assert ran.code == 0
    assert "schema" in ran.out


@pytest.mark.parametrize("typed", ["INV-GROUP-DISCOUNT", "inv-group-discount"])
def test_explain_tells_what_a_reason_means_and_what_to_do(vtxero, typed):
    ran = vtxero("explain", typed)

    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[:2] == ["INV-GROUP-DISCOUNT", "  It has a discount on the whole invoice, and Xero has none."]
    assert lines[-1] == "  What to do: Give the discount on the lines instead."
    assert "Vtiger takes this discount off the sum of the lines." in ran.out


def test_explain_without_a_code_lists_all_of_them(vtxero):
    table, _, advice = vtxero("explain").out.rpartition("\n\n")
    assert [line.split()[0] for line in table.splitlines() if line[0] != " "] == [code.value for code in Code]
    assert advice == "How one comes about, and what to do: vtxero explain CODE\n"
    assert len(json.loads(vtxero("explain", "-o", "json").out)["reasons"]) == len(Code)


@pytest.mark.parametrize("code", [code.value for code in Code])
def test_explain_gives_for_every_code_how_it_comes_about(code):
    from vtxero.cli.explain import explanation

    assert explanation(Code(code))


def test_explain_of_a_pattern_explains_all_that_fit_and_refuses_one_that_fits_none(vtxero):
    codes = [item["code"] for item in json.loads(vtxero("explain", "run-guard-*", "-o", "json").out)["reasons"]]

    assert codes == [code.value for code in Code if code.value.startswith("RUN-GUARD-")]
    assert vtxero("explain", "NOTHING-*").code == 2


def test_explain_of_an_unknown_code_suggests_one(vtxero):
    ran = vtxero("explain", "INV-GROUP-DISCONT")

    assert ran.code == 2
    assert "Did you mean INV-GROUP-DISCOUNT" in ran.err


@pytest.mark.parametrize("words", [["config", "check"], ["sync"], ["doctor"]])
def test_rule_for_a_field_that_is_not_there_is_refused_with_its_line_and_what_to_do(vtxero, config, words):
    config.write_text(CONFIG + "modules:\n  products:\n    fields:\n      name: both\n      phone: off\n")

    ran = vtxero(*words)

    first, second = ran.err.splitlines()
    assert ran.code == 2
    assert first.startswith(f"Error: {config}:9: modules.products.fields.phone: there is no such field; there are")
    assert "quantity" in first
    assert second == "What to do: Correct what is named there."


def test_quantity_of_products_can_be_switched_off_in_words(vtxero, config):
    config.write_text(CONFIG + "modules:\n  products:\n    fields:\n      quantity: off\n")

    assert vtxero("config", "check").code == 0


@pytest.mark.parametrize("words", [["sync"], ["--no-input", "init", "--config", "new.yaml"]])
def test_misspelt_variable_is_warned_of_also_where_a_command_fails_for_want_of_it(vtxero, monkeypatch, words):
    monkeypatch.setenv("VTXERO_VTIGER_ACCES_KEY", "k3yk3y")

    ran = vtxero(*words)

    assert ran.code == 2
    assert ran.err.startswith(
        "Warning: The variable VTXERO_VTIGER_ACCES_KEY means nothing to vtxero; did you mean VTXERO_VTIGER_ACCESS_KEY?"
    )

from __future__ import annotations

from pathlib import Path

import pytest

from config.samples import MINIMAL, load_text
from vtxero.config.environment import OF_THE_COMMAND_LINE
from vtxero.config.leaves import leaves
from vtxero.config.load import Sources, load
from vtxero.config.settings import Settings
from vtxero.domain.options import InvoiceOptions
from vtxero.errors import ConfigError


def test_settings_when_only_the_logins_are_given_take_the_defaults(tmp_path):
    settings = load_text(tmp_path, MINIMAL).settings

    assert settings.modules.invoices == InvoiceOptions()
    assert settings.xero.api_url == "https://api.xero.com/api.xro/2.0"
    assert settings.guards.max_changes == 200
    assert settings.state_folder == settings.state_dir / "default"


@pytest.mark.parametrize("code", ["200", "0200", "'200'", "0x1F", "1_000", "12e3"])
def test_account_code_when_it_looks_like_a_number_stays_as_typed(tmp_path, code):
    settings = load_text(tmp_path, f"{MINIMAL}modules: {{invoices: {{sales_account: {code}}}}}").settings

    assert settings.modules.invoices.sales_account == code.strip("'")


@pytest.mark.parametrize("word", ["off", "OFF", "'off'"])
def test_field_rule_when_off_is_typed_bare_is_the_word_and_no_boolean(tmp_path, word):
    text = f"{MINIMAL}modules: {{organizations: {{types: off, fields: {{website: {word.lower()}}}}}}}"

    settings = load_text(tmp_path, text).settings

    assert settings.modules.organizations.fields == {"website": "off"}
    assert settings.modules.organizations.types == "off"


@pytest.mark.parametrize(
    ("word", "value"), [("on", True), ("yes", True), ("true", True), ("off", False), ("No", False)]
)
def test_switch_when_typed_in_any_of_yamls_words_is_understood(tmp_path, word, value):
    settings = load_text(tmp_path, f"{MINIMAL}modules: {{invoices: {{void: {word}}}}}").settings

    assert settings.modules.invoices.void is value


def test_sections_when_empty_count_as_not_given(tmp_path):
    settings = load_text(tmp_path, f"{MINIMAL}guards:\nmodules:\n  invoices:\n    fields:\ntaxes: null\n").settings

    assert settings.guards.max_changes == 200
    assert settings.modules.invoices.fields == {}


def test_status_map_when_one_state_is_named_keeps_the_others(tmp_path):
    text = f"{MINIMAL}modules: {{invoices: {{status_to_xero: {{Sent: DRAFT}}, status_to_vtiger: {{PAID: Sent}}}}}}"

    invoices = load_text(tmp_path, text).settings.modules.invoices

    assert invoices.status_to_xero == {**InvoiceOptions().status_to_xero, "Sent": "DRAFT"}
    assert invoices.status_to_vtiger["PAID"] == "Sent"
    assert invoices.status_to_vtiger["DRAFT"] == "Created"


@pytest.mark.parametrize(
    "typed", ["https://crm.example.com/", "https://crm.example.com/index.php", " https://crm.example.com "]
)
def test_vtiger_url_when_copied_from_the_browser_becomes_the_base_address(tmp_path, typed):
    settings = load_text(tmp_path, MINIMAL.replace("https://crm.example.com", f"'{typed}'")).settings

    assert settings.vtiger.url == "https://crm.example.com"


@pytest.mark.parametrize("typed", ["crm.example.com", "crm.example.com/webservice.php"])
def test_vtiger_url_when_only_a_host_is_taken_over_https(tmp_path, typed):
    settings = load_text(tmp_path, MINIMAL.replace("https://crm.example.com", typed)).settings

    assert settings.vtiger.url == "https://crm.example.com"


def test_vtiger_url_when_the_clouds_endpoint_is_kept_because_it_shows_the_edition(tmp_path):
    endpoint = "https://acme.od2.vtiger.com/restapi/v1/vtiger/default"
    settings = load_text(tmp_path, MINIMAL.replace("https://crm.example.com", endpoint)).settings

    assert (settings.vtiger.url, settings.vtiger.edition) == (endpoint, "auto")


def test_vtiger_edition_when_it_comes_from_the_environment_wins(tmp_path):
    settings = load_text(tmp_path, MINIMAL, environ={"VTXERO_VTIGER_EDITION": "cloud"}).settings

    assert settings.vtiger.edition == "cloud"


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:80"])
def test_vtiger_url_when_plain_http_on_this_machine_is_taken(tmp_path, host):
    settings = load_text(tmp_path, MINIMAL.replace("https://crm.example.com", f"http://{host}/vt")).settings

    assert settings.vtiger.url == f"http://{host}/vt"


def test_vtiger_url_when_plain_http_is_allowed_is_taken(tmp_path):
    text = MINIMAL.replace("https://crm.example.com", "http://crm.lan\n  allow_http: true")

    assert load_text(tmp_path, text).settings.vtiger.url == "http://crm.lan"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_config_when_saved_by_a_windows_editor_is_read(tmp_path, encoding):
    path = tmp_path / "vtxero.yaml"
    path.write_bytes(MINIMAL.replace("admin", "müller").encode(encoding))

    assert load(Sources(config=path, environ={})).settings.vtiger.username == "müller"


def test_setting_when_given_everywhere_follows_flag_then_variable_then_file(tmp_path):
    text = f"{MINIMAL}lock_timeout: 1\nguards: {{max_changes: 1, max_deletions: 1}}\n"
    environ = {"VTXERO_LOCK_TIMEOUT": "2", "VTXERO_GUARDS_MAX_CHANGES": "2"}

    loaded = load_text(tmp_path, text, environ=environ, flags={"lock_timeout": ("--lock-timeout", "3")})

    assert loaded.settings.lock_timeout == 3
    assert loaded.settings.guards.max_changes == 2
    assert loaded.settings.guards.max_deletions == 1
    assert loaded.origins["lock_timeout"] == "--lock-timeout"
    assert loaded.origins["guards.max_changes"] == "VTXERO_GUARDS_MAX_CHANGES"
    assert loaded.origins["guards.max_deletions"].endswith("vtxero.yaml:7")
    assert loaded.origins["guards.max_share"] == "default"
    assert set(loaded.origins) == {leaf.name for leaf in leaves()}


def test_variable_when_blank_counts_as_not_set(tmp_path):
    loaded = load_text(tmp_path, MINIMAL, environ={"VTXERO_VTIGER_USERNAME": " "})

    assert loaded.settings.vtiger.username == "admin"


def test_variable_when_wrong_is_named_in_the_message(tmp_path):
    with pytest.raises(ConfigError, match=r"VTXERO_GUARDS_MAX_CHANGES: guards\.max_changes: is 'x'"):
        load_text(tmp_path, MINIMAL, environ={"VTXERO_GUARDS_MAX_CHANGES": "x"})


def test_variable_when_it_holds_a_map_is_read_as_yaml(tmp_path):
    loaded = load_text(tmp_path, MINIMAL, environ={"VTXERO_TAXES_MAP": "{GST 15: OUTPUT2}"})

    assert loaded.settings.taxes.map == {"GST 15": "OUTPUT2"}
    assert loaded.origins["taxes.map"] == "VTXERO_TAXES_MAP"


def test_variable_when_misspelt_brings_a_warning_with_the_right_name(tmp_path):
    loaded = load_text(tmp_path, MINIMAL, environ={"VTXERO_VTIGER_ACCES_KEY": "k", "OTHER": "x"})

    assert loaded.warnings == (
        "The variable VTXERO_VTIGER_ACCES_KEY means nothing to vtxero; did you mean VTXERO_VTIGER_ACCESS_KEY?",
    )


def test_variables_of_all_options_differ_from_each_other_and_from_those_of_the_command_line():
    names = [leaf.variable for leaf in leaves()]

    assert len(set(names)) == len(names)
    assert not OF_THE_COMMAND_LINE.intersection(names)


def test_secret_when_its_variable_names_a_file_is_read_from_there(tmp_path):
    (tmp_path / "key").write_text("abc123\n")

    loaded = load_text(tmp_path, MINIMAL, environ={"VTXERO_VTIGER_ACCESS_KEY_FILE": str(tmp_path / "key")})

    assert loaded.settings.vtiger.access_key.get_secret_value() == "abc123"
    assert "abc123" not in repr(loaded)


def test_secret_when_its_file_is_missing_names_the_variable(tmp_path):
    with pytest.raises(ConfigError, match="VTXERO_VTIGER_ACCESS_KEY_FILE names /no/file"):
        load_text(tmp_path, MINIMAL, environ={"VTXERO_VTIGER_ACCESS_KEY_FILE": "/no/file"})


def test_config_when_there_is_only_the_environment_is_complete(tmp_path):
    environ = {
        "VTXERO_VTIGER_URL": "https://crm.example.com",
        "VTXERO_VTIGER_USERNAME": "u",
        "VTXERO_XERO_CLIENT_ID": "c",
    }

    loaded = load(Sources(environ=environ, working_folder=tmp_path, user_folder=tmp_path / "user"))

    assert loaded.path is None
    assert loaded.settings.vtiger.username == "u"


def test_config_when_there_is_none_says_where_it_looked(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(Sources(environ={}, working_folder=tmp_path, user_folder=tmp_path / "user"))

    assert str(tmp_path / "vtxero.yaml") in caught.value.message
    assert str(tmp_path / "user" / "vtxero.yaml") in caught.value.message
    assert "vtxero demo" in caught.value.remedy


def test_config_when_one_stands_there_under_another_name_says_how_to_name_it(tmp_path):
    (tmp_path / "our shop.yaml").write_text("vtiger: {}\nxero: {}\n")
    (tmp_path / "compose.yml").write_text("services: {}\n")
    (tmp_path / "broken.yaml").write_text("xero: [")

    with pytest.raises(ConfigError) as caught:
        load(Sources(environ={}, working_folder=tmp_path, user_folder=tmp_path / "user"))

    assert "If our shop.yaml is meant, name it: `vtxero --config 'our shop.yaml'`. " in caught.value.remedy


def test_file_that_is_no_config_at_all_is_told_as_that(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("# Title\n\nSome *text*: [with\n")

    with pytest.raises(ConfigError, match=r"README\.md:") as caught:
        load(Sources(config=path, environ={}))

    assert caught.value.remedy.startswith("If README.md is no config, name another file with --config. ")


def test_config_search_when_several_exist_takes_flag_then_variable_then_folder_then_user(tmp_path):
    user = tmp_path / "user"
    user.mkdir()
    for place, name in (
        (tmp_path / "flag.yaml", "f"),
        (tmp_path / "var.yaml", "v"),
        (tmp_path / "vtxero.yaml", "w"),
        (user / "vtxero.yaml", "u"),
    ):
        place.write_text(MINIMAL.replace("admin", name))
    variable = {"VTXERO_CONFIG": str(tmp_path / "var.yaml")}

    def found(**kind):
        return load(Sources(working_folder=tmp_path, user_folder=user, **kind)).settings.vtiger.username

    assert found(config=tmp_path / "flag.yaml", environ=variable) == "f"
    assert found(environ=variable) == "v"
    assert found(environ={}) == "w"
    (tmp_path / "vtxero.yaml").unlink()
    assert found(environ={}) == "u"


PROFILES = (
    f"{MINIMAL}guards: {{max_changes: 7}}\nprofiles:\n  branch:\n    vtiger: {{url: https://branch.example.com}}\n"
)


def test_profile_when_it_is_a_section_lies_over_the_rest_and_has_a_state_of_its_own(tmp_path):
    loaded = load_text(tmp_path, PROFILES, profile="branch")

    assert loaded.settings.vtiger.url == "https://branch.example.com"
    assert loaded.settings.vtiger.username == "admin"
    assert loaded.settings.guards.max_changes == 7
    assert loaded.settings.state_folder.name == "branch"
    assert loaded.origins["profile"] == "--profile"
    assert loaded.profiles == ("branch",)


def test_profile_when_unknown_is_refused_with_a_suggestion(tmp_path):
    with pytest.raises(ConfigError, match=r"no profile 'brunch'.*Did you mean branch\?") as caught:
        load_text(tmp_path, PROFILES, profile="brunch")

    assert caught.value.remedy.startswith("Known profiles: default, branch.")


@pytest.mark.parametrize("profiles", ["", "profiles: {}\n", "profile: acme\n"])
def test_profile_when_the_config_named_defines_none_like_it_is_refused_with_what_to_write(tmp_path, profiles):
    with pytest.raises(ConfigError, match=r"no profile 'acmee': .*vtxero.yaml has no section profiles.acmee") as caught:
        load_text(tmp_path, MINIMAL + profiles, profile="acmee")

    assert "does not exist" not in caught.value.message
    assert "write `profile: acmee` at its top" in caught.value.remedy
    assert ("Did you mean acme?" in caught.value.message) == ("acme" in profiles)


def test_profile_when_the_config_names_it_or_is_named_like_it_is_taken(tmp_path):
    assert load_text(tmp_path, f"{MINIMAL}profile: acme\n", profile="acme").settings.state_folder.name == "acme"
    assert load_text(tmp_path, f"{MINIMAL}profile: acme\n").settings.state_folder.name == "acme"
    assert load_text(tmp_path, MINIMAL, profile="default").settings.state_folder.name == "default"
    assert load_text(tmp_path, MINIMAL, profile="vtxero").settings.state_folder.name == "vtxero"


def test_profile_when_the_config_was_only_found_and_has_none_is_refused(tmp_path):
    (tmp_path / "vtxero.yaml").write_text(MINIMAL)

    with pytest.raises(ConfigError, match="no profile 'acme'"):
        load(Sources(profile="acme", environ={}, working_folder=tmp_path, user_folder=tmp_path / "user"))


def test_profile_when_it_has_a_file_of_its_own_takes_that(tmp_path):
    (tmp_path / "vtxero.yaml").write_text(MINIMAL)
    (tmp_path / "acme.yaml").write_text(MINIMAL.replace("admin", "acme-user"))

    loaded = load(Sources(environ={"VTXERO_PROFILE": "acme"}, working_folder=tmp_path, user_folder=tmp_path))

    assert loaded.settings.vtiger.username == "acme-user"
    assert loaded.settings.profile == "acme"
    assert loaded.origins["profile"] == "VTXERO_PROFILE"


def test_paths_when_relative_in_the_file_start_at_the_file_and_in_a_variable_at_the_working_folder(
    tmp_path, monkeypatch
):
    monkeypatch.chdir("/")

    in_file = load_text(tmp_path, f"{MINIMAL}state_dir: state\nlog: {{file: logs/a.log}}\n").settings
    in_variable = load_text(tmp_path, MINIMAL, environ={"VTXERO_STATE_DIR": "state"}).settings

    assert in_file.state_dir == tmp_path / "state"
    assert in_file.log.file == tmp_path / "logs" / "a.log"
    assert in_variable.state_dir == Path("/state")


def test_secrets_when_the_file_is_open_to_others_bring_a_warning(tmp_path):
    path = tmp_path / "vtxero.yaml"
    path.write_text(MINIMAL.replace("admin", "admin\n  access_key: k3yk3y"))
    path.chmod(0o644)

    warnings = load(Sources(config=path, environ={})).warnings

    assert warnings == (
        f"{path} holds vtiger.access_key, and others on this machine can read it: run `chmod 600 {path}`.",
    )


def test_settings_are_frozen_and_hide_their_secrets(tmp_path):
    settings = load_text(tmp_path, MINIMAL.replace("admin", "admin\n  access_key: k3yk3y")).settings

    assert "k3yk3y" not in repr(settings)
    assert "k3yk3y" not in settings.model_dump_json()
    with pytest.raises(ValueError, match="frozen"):
        settings.profile = "x"
    assert isinstance(settings, Settings)

"""The docs are true: commands exist, examples can be read by what they are for, links lead somewhere."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from docs.commands import PAGES, ROOT, blocks, commands, understands, words_of
from vtxero.cli.exitcodes import NOBODY_NEEDED
from vtxero.config.load import Sources, load
from vtxero.sandbox.faults import DEEDS, KNOWN_KEYS, FaultRuleError, parse_rule

CRON = ROOT / "docs" / "cron.md"
STAND_INS = ROOT / "docs" / "stand-ins.md"
CONFIGURATION = ROOT / "docs" / "configuration.md"
TYPED = sorted({(page.relative_to(ROOT).as_posix(), line) for page in PAGES for line in commands(page)})


def test_docs_name_enough_commands_for_this_to_prove_something():
    assert len(TYPED) > 60
    assert ("docs/cron.md", "vtxero sync --quiet --full --lock-timeout 1h") in TYPED


@pytest.mark.parametrize(("page", "line"), TYPED)
def test_command_when_named_in_a_page_is_one_that_vtxero_understands(page, line):
    assert page
    understands(words_of(line))


def test_mistyped_command_would_be_found():
    for line in ("vtxero snyc", "vtxero sync --dryrun", "vtxero auth xerox", "vtxero config chek"):
        with pytest.raises(Exception, match=r"(?i)no such"):
            understands(words_of(line))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_link_when_followed_leads_to_a_page_and_to_its_heading(page):
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            text = target.read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", item).strip().lower().replace(" ", "-") for item in headings}, link


# -- cron ------------------------------------------------------------------------------------------------------

BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def is_field(text, low, high):
    """Tell whether a field of a crontab line is one: *, lists, ranges and steps, within its bounds."""
    for part in text.split(","):
        match = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        if not match or any(not low <= int(number) <= high for number in match.groups()[:2] if number):
            return False
    return True


def test_crontab_when_read_by_cron_has_times_and_commands():
    (text,) = blocks(CRON, "crontab")
    jobs = [line for line in text.splitlines() if not re.match(r"^[A-Z_]+=", line)]

    assert len(jobs) == 2
    for line in jobs:
        *times, command = line.split(None, 5)
        assert all(is_field(part, *bounds) for part, bounds in zip(times, BOUNDS, strict=True)), line
        assert "%" not in command, "cron takes a % for a line end"
        understands(words_of(command))


def test_systemd_units_when_read_name_a_command_and_when_to_run_it():
    service, timer = (_unit(text) for text in blocks(CRON, "ini"))

    assert set(service) == {"Unit", "Service"}
    assert service["Service"]["Type"] == ["oneshot"]
    understands(words_of(service["Service"]["ExecStart"][0].removeprefix("/usr/local/bin/")))
    quiet = {int(code) for code in service["Service"]["SuccessExitStatus"][0].split()}
    assert quiet == NOBODY_NEEDED - {0, 130}
    assert set(timer) == {"Unit", "Timer", "Install"}
    assert re.fullmatch(r"\*:0/15", timer["Timer"]["OnCalendar"][0])
    assert timer["Install"]["WantedBy"] == ["timers.target"]


def _unit(text):
    """Read a unit as systemd does: keys may be repeated."""
    found = {}
    section = {}
    for line in text.splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line.strip():
            key, equals, value = line.partition("=")
            assert equals, line
            section.setdefault(key, []).append(value)
    configparser.ConfigParser(strict=False, interpolation=None).read_string(text)
    return found


def test_cron_job_of_kubernetes_when_read_is_whole_and_runs_a_command():
    (text,) = blocks(CRON, "yaml")
    job = yaml.safe_load(text)
    spec = job["spec"]["jobTemplate"]["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]

    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    assert len(job["spec"]["schedule"].split()) == 5
    assert pod["restartPolicy"] == "Never", "podFailurePolicy and our exit codes ask for it"
    assert spec["backoffLimit"] == 0
    understands(container["args"])
    assert {item["name"] for item in container["volumeMounts"]} == {item["name"] for item in pod["volumes"]}
    known = {f"VTXERO_{name}" for name in ("VTIGER_ACCESS_KEY", "XERO_CLIENT_SECRET")}
    assert {item["name"] for item in container["env"]} == known


def test_container_file_when_read_has_known_steps_and_runs_a_command():
    (text,) = blocks(CRON, "dockerfile")
    steps = [line.split(None, 1) for line in text.splitlines()]

    known = ("FROM", "COPY", "COPY", "COPY", "RUN", "USER", "ENV", "VOLUME", "ENTRYPOINT", "CMD")
    assert tuple(name for name, _ in steps) == known
    parts = dict(steps)
    # Nothing else of the folder goes into the image: config and secrets lie in it as well.
    copied = [word for name, text in steps if name == "COPY" for word in text.split()[:-1]]
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    forced = build["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert copied == ["pyproject.toml", build["project"]["readme"], "LICENSE", *forced, "src"]
    assert json.loads(parts["ENTRYPOINT"]) == ["vtxero"]
    # A volume takes its owner from the image: root's could not be written to.
    user, volume = parts["USER"], parts["VOLUME"]
    assert f"install -d -o {user} -g {user} {volume}" in parts["RUN"]
    assert f"VTXERO_STATE_DIR={volume}" in parts["ENV"].split()
    understands(json.loads(parts["CMD"]))


@pytest.mark.parametrize("name", re.findall(r"\bVTXERO_[A-Z_]+", CRON.read_text(encoding="utf-8")))
def test_variable_when_named_in_the_cron_page_is_one_that_vtxero_reads(name, tmp_path):
    (tmp_path / "vtxero.yaml").write_text("vtiger: {url: https://a.test, username: u}\nxero: {client_id: c}\n")
    loaded = load(Sources(tmp_path / "vtxero.yaml", environ={name: ""}, working_folder=tmp_path, user_folder=tmp_path))

    assert not [text for text in loaded.warnings if name in text]


def test_cron_page_when_it_lists_silent_exit_codes_they_are_those():
    text = CRON.read_text(encoding="utf-8")
    told = {int(code) for code in re.findall(r"^\| ([\d, ]+) \| nothing \|$", text, re.MULTILINE)[0].split(",")}

    assert told == NOBODY_NEEDED


# -- the rest --------------------------------------------------------------------------------------------------


def test_config_when_shown_in_a_page_is_accepted(tmp_path):
    shown = blocks(CONFIGURATION, "yaml")
    assert shown
    for number, text in enumerate(shown):
        path = tmp_path / f"{number}.yaml"
        needed = "" if "vtiger:" in text.splitlines()[0] else "vtiger: {url: https://a.test, username: u}\n"
        path.write_text(f"{needed}{'' if 'xero: {client' in text else 'xero: {client_id: c}'}\n{text}")
        sources = {"environ": {}, "working_folder": tmp_path, "user_folder": tmp_path}
        loaded = load(Sources(path, **sources))
        for profile in loaded.profiles:
            load(Sources(path, profile=profile, **sources))


def test_fault_rules_when_described_name_every_key_and_every_deed():
    text = STAND_INS.read_text(encoding="utf-8")
    table = "\n".join(line for line in text.splitlines() if line.startswith("|"))

    assert {key for key in KNOWN_KEYS if f"`{key}`" not in table} == set()
    assert {deed for deed in DEEDS if f"`{deed}`" not in table} == set()


def test_fault_rules_when_shown_are_understood():
    rules = [json.loads(text) for text in re.findall(r"-d '(\[.*?\])'", STAND_INS.read_text(encoding="utf-8"))]

    assert rules
    for rule in rules:
        for item in rule:
            parse_rule(item)


def test_fault_rule_of_a_method_that_no_request_has_is_refused():
    with pytest.raises(FaultRuleError, match="such as POST"):
        parse_rule({"path": ".", "do": "500", "method": "POST|PUT"})


def test_targets_when_named_in_a_page_are_in_the_makefile():
    makefile = Path(ROOT / "Makefile").read_text(encoding="utf-8")
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    named = {target for text in texts for target in re.findall(r"^\$ make (\w+)", text, flags=re.MULTILINE)}

    assert {"test", "check", "demo"} <= named
    assert {target for target in named if not re.search(rf"^{target}:", makefile, flags=re.MULTILINE)} == set()

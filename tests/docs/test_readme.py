"""What README.md and the pages tell people to type works.

Their `sh` blocks are run, in order, in a folder of their own; `console` blocks are not: they need accounts, or take
long (tests/docs/test_pages.py has the command line read them all the same).
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(README)
PORTS = {"8811": str(free_port()), "8812": str(free_port())}
"""The README's ports may be in use on the machine that runs the tests."""
COMMANDS = [
    re.sub("|".join(PORTS), lambda match: PORTS[match[0]], line)
    for tag, text in [*BLOCKS, *BLOCK.findall(CONFIGURATION)]
    if tag == "sh"
    for line in text.splitlines()
]
SECONDS = 60

pytestmark = pytest.mark.timeout(600)
"""All commands run before the first test: on a busy machine that takes minutes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of the user's."""
    return tmp_path_factory.mktemp("mine")


@pytest.fixture(scope="module")
def environment(folder):
    """Put this Python's commands first, and keep everything of the user's out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VTXERO_")}
    homes = {name: str(folder / "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
    homes["VTXERO_CONFIG"] = str(folder / "practice.yaml")
    return {**kept, **homes, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def stand_ins(folder, environment):
    """Run the README's own `vtxero sandbox` line in the background, until it serves."""
    line = next(line for line in COMMANDS if line.startswith("vtxero sandbox"))
    with subprocess.Popen(
        ["/bin/sh", "-c", f"exec {line}"], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        end = time.monotonic() + SECONDS
        while not all(map(answers_at, PORTS.values())) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        try:
            assert process.poll() is None, process.communicate(timeout=SECONDS)
            yield line
        finally:
            process.terminate()
            process.communicate(timeout=SECONDS)


def answers_at(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


@pytest.fixture(scope="module")
def answers(folder, environment, stand_ins):
    """Run every other line, in order; give what each printed, with its exit code."""
    found = []
    for line in COMMANDS:
        if line != stand_ins:
            done = subprocess.run(
                ["/bin/sh", "-c", line],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            found.append((line, done))
            if line.endswith("INV-ADJUSTMENT"):  # what the README tells to write by hand then
                practice = folder / "practice.yaml"
                text, ways = re.subn(
                    r"^( +)shipping_account:.*$",
                    r'\g<0>\n\1adjustment_account: "200"',
                    practice.read_text(),
                    flags=re.MULTILINE,
                )
                assert ways == 1
                practice.write_text(text)
    return found


def test_readme_when_its_commands_are_run_each_ends_well(answers):
    failed = [(line, done.returncode, done.stderr) for line, done in answers if done.returncode]

    assert failed == []


def test_readme_when_synced_twice_the_second_run_has_nothing_to_do(answers):
    first, second, mended, edited = (done.stdout for line, done in answers if line.endswith(" sync"))
    row = re.compile(r"^(?:organizations|products|invoices) +(\d+) +(\d+) +(\d+)", re.MULTILINE)
    counted = [row.findall(text) for text in (first, second)]

    assert any(number != "0" for numbers in counted[0] for number in numbers)
    assert {number for numbers in counted[1] for number in numbers} == {"0"}
    assert re.search(r"^invoices +1 ", mended, re.MULTILINE)
    assert re.search(r"^organizations +0 +1 ", edited, re.MULTILINE)
    assert any("→ 09 555 0199" in done.stdout for line, done in answers if line.endswith("--updated"))


@pytest.mark.parametrize("target", re.findall(r"^\$ make (\w+)", README, flags=re.MULTILINE))
def test_readme_when_it_names_a_target_the_makefile_has_it(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_readme_when_read_names_every_command_that_a_user_needs():
    from vtxero.cli.commands import COMMANDS

    typed = "\n".join(line for line in README.splitlines() if "vtxero " in line)
    named = {name for name in COMMANDS if re.search(rf"vtxero\b.* {name}\b", typed)}

    assert named >= {"init", "doctor", "sync", "log", "status", "undo", "explain", "sandbox", "plan", "apply"}


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_readme_when_it_links_to_a_page_the_page_is_there(link):
    assert (ROOT / link).exists()


def test_readme_when_it_says_which_exit_code_counts_gives_their_order():
    from vtxero.cli.exitcodes import GRAVEST_FIRST

    told = re.search(r"the first of these counts: the signal, ([\d, ]+)\.", README)[1].split(", ")

    assert (143, 130, *map(int, told), 0) == GRAVEST_FIRST

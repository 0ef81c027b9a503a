"""`--install-completion` and `--show-completion`, in shells that have completion and in those that have none."""

from __future__ import annotations

import subprocess

import pytest

from cli.forking import VTXERO, environment


def in_shell(shell, words, folder):
    """Let a shell start the command, as a person does who types it there."""
    (folder / "home").mkdir(exist_ok=True)
    script = f'"{VTXERO}" {words}; exit $?'  # the last command alone would take the shell's place
    return run([shell, "-c", script], folder)


def run(command, folder):
    env = environment(folder)
    return subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("option", ["--install-completion", "--show-completion"])
def test_completion_in_a_shell_without_any_says_which_have_it_and_is_no_bug(tmp_path, option):
    ran = in_shell("/bin/sh", option, tmp_path)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Completion works in bash, zsh, fish and PowerShell, and this is " in ran.stderr
    assert f"`vtxero {option} bash`" in ran.stderr
    assert not (tmp_path / "home" / ".bashrc").exists()


@pytest.mark.parametrize(
    "words", ["--install-completion bash", "--install-completion=bash", "--install-completion BASH"]
)
def test_completion_for_a_shell_that_is_named_is_installed_from_any_other(tmp_path, words):
    ran = in_shell("/bin/sh", words, tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert "bash completion installed" in ran.stdout
    assert ".bash_completions/vtxero.sh" in (tmp_path / "home" / ".bashrc").read_text()


@pytest.mark.parametrize("option", ["--install-completion", "--show-completion"])
def test_completion_in_bash_needs_no_name(tmp_path, option):
    ran = in_shell("/bin/bash", option, tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert ("_VTXERO_COMPLETE=complete_bash" in ran.stdout) == (option == "--show-completion")
    assert (tmp_path / "home" / ".bash_completions" / "vtxero.sh").exists() == (option == "--install-completion")


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_completion_of_another_shell_is_shown_by_its_name(tmp_path, shell):
    ran = in_shell("/bin/sh", f"--show-completion {shell}", tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert "_VTXERO_COMPLETE" in ran.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--show-completion tcsh", "and not in tcsh."),
        ("--install-completion tcsh", "and not in tcsh."),
        ("--install-completion pwsh", "There is no pwsh on this machine."),
    ],
)
def test_completion_of_a_shell_that_has_none_or_is_not_there_is_refused(tmp_path, words, said):
    ran = in_shell("/bin/sh", words, tmp_path)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr


def test_completion_where_the_home_cannot_be_written_says_so_and_is_no_bug(tmp_path):
    (tmp_path / "home").write_text("a file")

    ran = run([VTXERO, "--install-completion", "bash"], tmp_path)

    assert ran.returncode == 2
    assert "The completion cannot be installed: " in ran.stderr
    assert "--show-completion bash" in ran.stderr

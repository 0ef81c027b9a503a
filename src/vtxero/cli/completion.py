"""Which shell `--install-completion` and `--show-completion` are for: the one that is named, else the one around us."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

from vtxero.errors import ConfigError

OPTIONS = ("--install-completion", "--show-completion")
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
POWERSHELLS = ("powershell", "pwsh")
WORKS = "Completion works in bash, zsh, fish and PowerShell"
NAMED = "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"
"""Lets Typer take the shell's name as the option's value, instead of guessing alone and giving up without a reason."""


def with_shell(arguments: Sequence[str]) -> list[str]:
    """Put the shell's name behind the option, where one of the two is given.

    Raises:
        ConfigError: there is no completion for that shell.
    """
    os.environ[NAMED] = "1"
    words = list(arguments)
    place = next((n for n, word in enumerate(words) if word.partition("=")[0] in OPTIONS), None)
    if place is None:
        return words
    option, _, named = words[place].partition("=")
    if not named and place + 1 < len(words) and not words[place + 1].startswith("-"):
        named = words.pop(place + 1)
    words[place : place + 1] = [option, _known(named.lower() or _around(), option, is_named=bool(named))]
    return words


def refused(error: OSError) -> ConfigError:
    """Say that the shell's files could not be written."""
    place = f"{error.filename}: " if error.filename else ""
    return ConfigError(
        f"The completion cannot be installed: {place}{error.strerror}.",
        remedy="`vtxero --show-completion bash` prints it, to be put where your shell reads it.",
    )


def _known(shell: str, option: str, *, is_named: bool) -> str:
    if shell not in SHELLS:
        what = "and not in" if is_named else "and this is"
        raise ConfigError(
            f"{WORKS}, {what} {shell or 'a shell that does not tell its name'}.",
            remedy=f"Name the shell that you type commands in: `vtxero {option} bash`, or zsh, fish, powershell, pwsh.",
        )
    if shell in POWERSHELLS and option == OPTIONS[0] and not shutil.which(shell):
        raise ConfigError(f"There is no {shell} on this machine.", remedy="Name the shell that you type commands in.")
    return shell


def _around() -> str:
    """Ask which shell called us; blank where that cannot be told."""
    import shellingham

    try:
        return str(shellingham.detect_shell()[0])
    except (shellingham.ShellDetectionFailure, OSError):
        return ""

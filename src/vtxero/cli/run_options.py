"""The options that every run takes, whether it is planned or carried out: declared once, and read in one place."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from vtxero.cli import arguments, options
from vtxero.sync.request import RunRequest


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What was typed, as Typer gives it."""

    modules: options.ModulesArgument = None
    direction: options.DirectionOption = None
    conflict: options.ConflictOption = None
    full: options.FullOption = False
    only: options.OnlyOption = None
    since: options.SinceOption = None
    limit: options.LimitOption = None
    max_calls: options.MaxCallsOption = None
    max_duration: options.MaxDurationOption = None
    lock_timeout: options.LockTimeoutOption = None
    allow: options.AllowOption = None

    def request(self, command: str, *switches: str, dry_run: bool, resync: bool = False) -> RunRequest:
        """Say what the run is asked to do; the log names it by `command`, with those of its `switches`.

        Raises:
            ConfigError: something typed means nothing.
        """
        # Time spans first: of `--lock-timeout 10 minutes` the parser leaves a module called minutes.
        max_seconds = arguments.time_limit(self.max_duration)
        arguments.lock_flag(self.lock_timeout)
        names = arguments.modules(self.modules or ())
        way = ("--direction", self.direction.value) if self.direction else ()
        return RunRequest(
            modules=names,
            direction=self.direction,
            dry_run=dry_run,
            conflict=self.conflict.value if self.conflict else None,
            full=self.full,
            resync=resync,
            only=arguments.records(self.only or (), names),
            since=self._since(),
            limit=self.limit,
            max_calls=self.max_calls,
            max_seconds=max_seconds,
            allow=tuple(dict.fromkeys(arguments.guard(text) for text in self.allow or ())),
            command=" ".join([command, *names, *way, *switches]),
        )

    def _since(self) -> str | None:
        if self.since is None:
            return None
        from vtxero.bootstrap.clock import SystemClock

        return arguments.past_day(self.since, "--since", SystemClock().now())

    def settings(self) -> dict[str, tuple[str, str]]:
        """Give those that stand in for a setting.

        Raises:
            ConfigError: something typed means nothing.
        """
        return arguments.lock_flag(self.lock_timeout)


def takes_run_options(command: Callable[..., int]) -> Callable[..., int]:
    """Let Typer, which reads signatures, see these options in the place of the command's parameter `run`."""
    shared = inspect.signature(RunOptions, eval_str=True).parameters

    @wraps(command)
    def spread(**given: Any) -> int:
        return command(run=RunOptions(**{name: given.pop(name) for name in shared}), **given)

    own = inspect.signature(command, eval_str=True)
    parameters: list[inspect.Parameter] = []
    for name, parameter in own.parameters.items():
        parameters += shared.values() if name == "run" else [parameter]
    told: Any = spread
    told.__signature__ = own.replace(
        parameters=[parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    )
    told.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return spread

"""A plan as a file: JSON that people can read, and that `apply` holds itself to."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from vtxero.cli.document import run_document
from vtxero.domain.sides import Direction
from vtxero.errors import ConfigError
from vtxero.sync.report import RunReport
from vtxero.sync.request import RunRequest
from vtxero.sync.saved import PlannedWrite

KIND = "vtxero plan"


class PlanFile(BaseModel):
    """What `apply` needs of a plan file; the rest of the file is for people."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["vtxero plan"]
    version: Literal[1]
    profile: str
    vtiger: str
    xero: str
    modules: tuple[str, ...]
    direction: Direction | None
    conflict: Literal["report", "xero", "vtiger"] | None
    writes: tuple[PlannedWrite, ...]


def save_plan(path: Path, report: RunReport, request: RunRequest, *, profile: str, places: tuple[str, str]) -> None:
    """Write a plan, readable by its owner only: it holds customers' names and prices.

    Raises:
        ConfigError: the file cannot be written.
    """
    document = {
        "kind": KIND,
        "version": 1,
        "profile": profile,
        "vtiger": places[0],
        "xero": places[1],
        "modules": list(request.modules),
        "direction": request.direction,
        "conflict": request.conflict,
        "writes": [asdict(line) for line in report.planned],
        "shown": run_document(report),
    }
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=1)
    except OSError as error:
        raise ConfigError(
            f"The plan cannot be written to {path}: {error.strerror}.", remedy="Choose another place with --out."
        ) from error


def load_plan(path: Path) -> PlanFile:
    """Read a plan.

    Raises:
        ConfigError: there is no such file, or it is no plan of this version.
    """
    if path.exists() and not path.is_file():
        raise ConfigError(f"{path} is no file.", remedy="Name a plan made with `vtxero plan --out FILE`.")
    try:
        return PlanFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(
            f"The plan {path} cannot be read: {error.strerror}.",
            remedy="Name a plan made with `vtxero plan --out FILE`.",
        ) from error
    except ValidationError:
        raise ConfigError(
            f"{path} is no plan that this vtxero can apply.", remedy="Make one with `vtxero plan --out FILE`."
        ) from None

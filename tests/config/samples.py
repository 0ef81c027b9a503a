"""Configs to start from."""

from __future__ import annotations

from pathlib import Path

from vtxero.config.load import Loaded, Sources, load

MINIMAL = """\
vtiger:
  url: https://crm.example.com
  username: admin
xero:
  client_id: app
"""


def load_text(folder: Path, text: str, *, environ: dict[str, str] | None = None, **more: object) -> Loaded:
    """Write a config, readable by its owner only, and load it."""
    path = folder / "vtxero.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return load(Sources(config=path, environ=environ or {}, working_folder=folder, user_folder=folder / "user", **more))

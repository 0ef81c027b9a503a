"""Settings, secrets and locks: what a profile is made of on this machine."""

from __future__ import annotations

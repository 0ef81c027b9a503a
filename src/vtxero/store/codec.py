"""Engine values as JSON text and back."""

from __future__ import annotations

from pydantic import TypeAdapter

from vtxero.sync.report import RecordResult
from vtxero.sync.state import Action

_ACTION: TypeAdapter[Action] = TypeAdapter(Action)
_RESULT: TypeAdapter[RecordResult] = TypeAdapter(RecordResult)


def dump_action(action: Action) -> str:
    """Encode a line of the plan."""
    return _ACTION.dump_json(action).decode()


def load_action(text: str) -> Action:
    """Decode a line of the plan."""
    return _ACTION.validate_json(text)


def dump_result(result: RecordResult) -> str:
    """Encode a record's outcome; whether it is a repeated one is for the log to tell, run by run."""
    return _RESULT.dump_json(result, exclude={"repeated"}).decode()


def load_result(text: str) -> RecordResult:
    """Decode a record's outcome."""
    return _RESULT.validate_json(text)

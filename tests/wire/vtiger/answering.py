"""A Vtiger that gives the answers it was told to give, for the clients of both editions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx


class AnsweringServer:
    """Answers by operation: a list of answers each, the last one for ever. What is no answer is raised."""

    def __init__(self, operation_of: Callable[[httpx.Request], str], answers: dict[str, list[Any]]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.requests: list[httpx.Request] = []
        self._operation_of = operation_of

    def __call__(self, request: httpx.Request) -> httpx.Response:
        operation = self._operation_of(request)
        self.asked.append(operation)
        self.requests.append(request)
        line = self.answers[operation]
        answer = line.pop(0) if len(line) > 1 else line[0]
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("gone") if isinstance(answer, type) else answer

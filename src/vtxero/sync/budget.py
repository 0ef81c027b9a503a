"""How many calls a run may still send, to both services together (`--max-calls`)."""

from __future__ import annotations

import threading

from vtxero.domain.words import counted
from vtxero.errors import BudgetError


class CallBudget:
    """Counts calls before they are sent, those of all threads; `most` None allows any number."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._taken = 0
        self._mutex = threading.Lock()

    def take(self) -> None:
        """Take the right to send one call.

        Raises:
            BudgetError: none is left; nothing may be sent.
        """
        with self._mutex:
            if self._most is not None and self._taken >= self._most:
                raise BudgetError(
                    f"The run has made {counted(self._taken, 'call')}; --max-calls allows {self._most}.",
                    remedy="What is done is saved; the next run goes on from there.",
                )
            self._taken += 1

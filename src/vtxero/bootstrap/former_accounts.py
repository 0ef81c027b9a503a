"""The accounts that adjustments go to, kept over changes of the config: what was written there stays an adjustment."""

from __future__ import annotations

from vtxero.sync.environment import RunState

ACCOUNTS = "adjustment accounts"


def remember_account(state: RunState, account: str) -> list[str]:
    """Give the accounts that the config ever named for adjustments, this one among them from now on."""
    known = known_accounts(state)
    if account and account not in known:
        known.append(account)
        state.set_meta(ACCOUNTS, "\n".join(known))
    return known


def known_accounts(state: RunState) -> list[str]:
    """Give the accounts that runs so far have known for adjustments."""
    return (state.get_meta(ACCOUNTS) or "").splitlines()

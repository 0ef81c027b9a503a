"""How the client keeps to the cloud edition's limits of calls: short waits are waited out, long ones end the run."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from vtxero.errors import BudgetError
from wire.vtiger.cloud_server import ACCOUNT, DATE, NOON, fine


def limited(minute: int = 20, day: int = 400, reset: int = NOON + 20, **headers: str) -> dict[str, str]:
    return {
        "x-floodcontrol-remaining": str(minute), "x-floodcontrol-reset": str(reset),
        "x-ratelimit-remaining": str(day), **DATE, **headers,
    }  # fmt: skip


def refused(**headers: Any) -> httpx.Response:
    return httpx.Response(429, headers=limited(**headers))


def test_minute_that_is_used_up_is_waited_for_before_the_next_call(connect_cloud, sleeps):
    client, server = connect_cloud(query=[fine([], **limited(minute=0)), fine([], **limited())])
    for _ in range(3):
        client.query("select id from Accounts;")
    assert sleeps == [pytest.approx(20.0, abs=1)]
    assert server.asked == ["me", "query", "query", "query"]


def test_call_too_many_is_waited_out_for_writes_too(connect_cloud, sleeps):
    client, _ = connect_cloud(create=[refused(minute=0), fine(ACCOUNT)])
    assert client.create("Accounts", {"accountname": "Kiwi"}) == ACCOUNT
    assert sleeps == [20.0]


@pytest.mark.parametrize("reset", [15349121212, 0])
def test_reset_that_makes_no_sense_is_taken_for_a_minute_at_most(connect_cloud, sleeps, reset):
    client, _ = connect_cloud(query=[refused(minute=0, reset=reset), fine([])])
    client.query("select id from Accounts;")
    assert len(sleeps) == 1
    assert 1 <= sleeps[0] <= 60


def test_day_that_is_used_up_ends_the_run_before_the_next_call(connect_cloud, sleeps):
    client, server = connect_cloud(query=[fine([], **limited(day=0))])
    client.query("select id from Accounts;")
    with pytest.raises(BudgetError, match="in a day") as caught:
        client.query("select id from Accounts;")
    assert caught.value.exit_code == 7
    assert server.asked == ["me", "query"]
    assert sleeps == []


def test_day_that_begins_anew_in_a_moment_is_waited_for(connect_cloud, sleeps):
    client, _ = connect_cloud(query=[refused(day=0, minute=0, **{"x-ratelimit-reset": str(NOON + 30)}), fine([])])
    client.query("select id from Accounts;")
    assert sleeps == [30.0]


@pytest.mark.parametrize("answer", [refused(day=0), refused(**{"retry-after": "3600"})])
def test_long_limit_ends_the_run(connect_cloud, answer):
    client, _ = connect_cloud(create=[answer])
    with pytest.raises(BudgetError):
        client.create("Accounts", {"accountname": "Kiwi"})


def test_burst_that_is_refused_is_tried_again_and_the_calls_spaced_out(connect_cloud, sleeps):
    client, _ = connect_cloud(query=[refused(), fine([], **limited())])
    client.query("select id from Accounts;")
    client.query("select id from Accounts;")
    assert sleeps[0] == 2.0
    assert sleeps[1:] == [pytest.approx(0.35, abs=0.2)]


def test_limit_that_never_says_how_long_ends_the_run_in_the_end(connect_cloud, sleeps):
    client, server = connect_cloud(query=[httpx.Response(429)])
    with pytest.raises(BudgetError, match="429"):
        client.query("select id from Accounts;")
    assert sleeps == [2.0, 8.0, 30.0]
    assert server.asked.count("query") == 4

"""The limiter against a judge that counts as Xero does."""

from __future__ import annotations

import random
import threading
import time
from collections import deque

import pytest

from vtxero.errors import BudgetError
from vtxero.xero.limits import Limiter
from wire.xero.scripted import AT_ONCE, PER_MINUTE, ManualClock


class Judge:
    """Counts the calls of any sixty seconds, those of other programs too, and remembers the worst."""

    def __init__(self, clock):
        self.clock = clock
        self.seen = deque()
        self.worst = 0

    def count(self):
        now = self.clock.monotonic()
        while self.seen and self.seen[0] + 60 <= now:
            self.seen.popleft()
        self.seen.append(now)
        self.worst = max(self.worst, len(self.seen))

    @property
    def left(self):
        return max(0, 60 - len(self.seen))


def make_limiter(clock, **more):
    return Limiter(clock, sleep=clock.sleep, **more)


def test_limiter_when_answers_are_late_or_quick_never_passes_sixty_in_any_minute(clock):
    chance = random.Random(7)
    limiter, judge = make_limiter(clock), Judge(clock)

    for _ in range(400):
        with limiter.call():
            clock.seconds += chance.uniform(0, 0.9)
            judge.count()
            clock.seconds += chance.uniform(0, 0.9)
            limiter.learn({"X-MinLimit-Remaining": str(judge.left), "X-AppMinLimit-Remaining": "9000"})

    assert judge.worst <= PER_MINUTE
    assert clock.seconds < 400 * 1.1 + 60


def test_limiter_when_alone_uses_the_whole_minute(clock):
    limiter, judge = make_limiter(clock), Judge(clock)

    for _ in range(180):
        with limiter.call():
            judge.count()
            limiter.learn({"X-MinLimit-Remaining": str(judge.left)})

    assert clock.seconds == 120
    assert judge.worst == PER_MINUTE


def test_limiter_when_another_program_used_up_the_minute_waits_before_it_is_told_to(clock):
    limiter = make_limiter(clock)
    with limiter.call():
        limiter.learn({"X-MinLimit-Remaining": "0"})

    with limiter.call():
        pass

    assert clock.slept == [60]


def test_limiter_when_another_program_takes_most_counts_down_from_what_is_left(clock):
    limiter = make_limiter(clock)
    with limiter.call():
        limiter.learn({"X-MinLimit-Remaining": "2"})
    for _ in range(2):
        with limiter.call():
            pass
    assert clock.slept == []

    limiter.learn({"X-MinLimit-Remaining": "0"})
    with limiter.call():
        pass
    assert sum(clock.slept) == 60


def test_limiter_when_the_day_is_used_up_sends_nothing_more(clock):
    limiter = make_limiter(clock)
    with limiter.call():
        limiter.learn({"X-DayLimit-Remaining": "0"})

    with pytest.raises(BudgetError, match="day limit"), limiter.call():
        raise AssertionError

    assert limiter.day_remaining == 0
    assert clock.slept == []


@pytest.mark.parametrize(
    ("problem", "told", "waits"),
    [("minute", 26, 26), ("concurrent", None, 1), ("appminute", 70, 70), ("minute", None, 60), ("day", 12, 12)],
)
def test_pause_when_short_is_waited_out(clock, problem, told, waits):
    make_limiter(clock).pause(problem, told)

    assert clock.slept == [waits]


def test_pause_when_the_day_begins_anew_in_a_moment_lets_the_run_go_on(clock):
    limiter = make_limiter(clock)
    with limiter.call():
        limiter.learn({"X-DayLimit-Remaining": "0", "X-MinLimit-Remaining": "0"})
    limiter.pause("day", 12)

    with limiter.call():
        pass

    assert clock.slept == [12]


@pytest.mark.parametrize(("problem", "told"), [("day", None), ("day", 50_000), ("minute", 71), ("", 900)])
def test_pause_when_long_ends_the_run(clock, problem, told):
    with pytest.raises(BudgetError):
        make_limiter(clock).pause(problem, told)

    assert clock.slept == []


def test_limiter_when_the_ceiling_is_low_ends_the_run_and_says_until_when(clock):
    limiter = make_limiter(clock, ceiling=5)
    for _ in range(PER_MINUTE):
        with limiter.call():
            pass

    with pytest.raises(BudgetError, match=r"minute limit .* until 2026-11-20 12:01 UTC"), limiter.call():
        raise AssertionError


def test_limiter_when_many_threads_call_lets_five_in_at_once():
    limiter = Limiter(ManualClock(), sleep=time.sleep)
    mutex, inside, worst = threading.Lock(), [0], [0]
    together = threading.Barrier(AT_ONCE, timeout=60)

    def work():
        with limiter.call():
            with mutex:
                inside[0] += 1
                worst[0] = max(worst[0], inside[0])
            together.wait()
            time.sleep(0.01)
            with mutex:
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (worst[0], together.broken) == (AT_ONCE, False)

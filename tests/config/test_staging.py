"""Secrets that are tried: nothing is kept before the end, and what fails then is put back."""

from __future__ import annotations

import pytest

from vtxero.config.staging import StagedStore


class Place:
    """A place for secrets that refuses one name."""

    place = "a drawer"

    def __init__(self, **kept):
        self.kept = kept

    def get(self, name):
        return self.kept.get(name)

    def set(self, name, text):
        if name == "refused":
            raise OSError(28, "No space left on device")
        self.kept[name] = text

    def delete(self, name):
        self.kept.pop(name, None)


def test_secret_that_is_staged_is_read_and_not_kept():
    under = Place(old="1")
    store = StagedStore(lambda: under, {})

    store.set("old", "2")
    store.set("new", "3")

    assert (store.get("old"), store.get("new"), store.place) == ("2", "3", "a drawer")
    assert under.kept == {"old": "1"}
    store.delete("old")
    assert store.get("old") == "1"


def test_staged_secrets_that_are_named_are_kept_at_the_end_and_no_others():
    under = Place(old="1")
    with StagedStore(lambda: under, {"old": "2", "new": "3", "of another app": "4"}).kept("old", "new", "never set"):
        pass

    assert under.kept == {"old": "2", "new": "3"}


@pytest.mark.parametrize("fault", [OSError, KeyboardInterrupt])
def test_staged_secrets_are_put_back_when_what_follows_fails_or_is_stopped(fault):
    under = Place(old="1")
    with pytest.raises(fault), StagedStore(lambda: under, {"old": "2", "new": "3"}).kept("old", "new"):
        raise fault

    assert under.kept == {"old": "1"}


def test_staged_secrets_are_put_back_when_one_of_them_is_refused():
    under = Place(old="1")
    with (
        pytest.raises(OSError, match="No space"),
        StagedStore(lambda: under, {"old": "2", "refused": "3"}).kept("old", "refused"),
    ):
        pytest.fail("the config would be written")

    assert under.kept == {"old": "1"}


def test_place_is_not_looked_for_while_nothing_is_read_from_it_or_kept_there():
    store = StagedStore(lambda: pytest.fail("a warning would name it"), {"new": "3"})

    assert store.get("new") == "3"
    with store.kept("of another app"):
        pass

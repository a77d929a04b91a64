# SPDX-License-Identifier: MIT
"""Saved specifications by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.storage.presets import Presets, parse_preset_name
from storage.ledger.test_ledger import A, B

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.storage.database import Database


@pytest.fixture
def presets(database: Database) -> Presets:
    return Presets(database)


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ProblemError) as caught:
        call()
    assert caught.value.problem.cause is Cause.INPUT
    assert caught.value.problem.remedy
    return caught.value.problem.code


def test_a_preset_is_kept_renamed_and_removed(presets: Presets, database: Database) -> None:
    assert presets.all() == {}
    assert presets.save("  To the \t lab ", A) == "To the lab"
    presets.save("an early one", B)
    assert list(Presets(database).all().items()) == [("an early one", B), ("To the lab", A)]
    assert presets.rename("to the LAB", "To The Lab") == "To The Lab"
    presets.rename("To The Lab", "Z")
    presets.remove("AN EARLY ONE")
    assert presets.all() == {"Z": A}


def test_a_name_that_is_taken_is_refused_unless_it_is_to_be_replaced(presets: Presets) -> None:
    presets.save("Straße", A)
    assert refusal(lambda: presets.save("STRASSE", B)) == "preset.name-taken"
    assert presets.all() == {"Straße": A}
    presets.save("STRASSE", B, replace=True)
    assert presets.all() == {"STRASSE": B}
    presets.save("other", A)
    assert refusal(lambda: presets.rename("other", "strasse")) == "preset.name-taken"
    assert presets.all() == {"other": A, "STRASSE": B}


@pytest.mark.parametrize("name", ["", "gone", "\ud800"])
def test_a_preset_that_is_not_there(presets: Presets, name: str) -> None:
    assert refusal(lambda: presets.remove(name)) == "preset.unknown"
    assert refusal(lambda: presets.rename(name, "new")) == "preset.unknown"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="empty"),
        pytest.param(" \t\n", id="blanks"),
        pytest.param("x" * 61, id="too long"),
        pytest.param("a\u200bb", id="invisible"),
        pytest.param("a\0b", id="null"),
        pytest.param("a\ud800", id="half a surrogate pair"),
        pytest.param("a\u202eb", id="direction"),
    ],
)
def test_a_bad_name_is_refused(presets: Presets, name: str) -> None:
    presets.save("good", A)
    assert refusal(lambda: presets.save(name, A)) == "preset.name"
    assert refusal(lambda: presets.rename("good", name)) == "preset.name"
    assert presets.all() == {"good": A}


@pytest.mark.parametrize(
    ("name", "title", "detail"),
    [
        (" \t", "The name is still empty.", "A saved notification is found again by its name."),
        ("x" * 61, "This name will not do.", "It has 61 characters, and at most 60 fit."),
        ("\u200b" * 61, "This name will not do.", "It has 61 characters, and at most 60 fit."),
        ("ab\u200bc", "This name will not do.", "There is an invisible character at place 3."),
    ],
    ids=["empty", "too long", "too long and invisible", "invisible"],
)
def test_why_a_name_will_not_do_is_said(name: str, title: str, detail: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_preset_name(name)
    assert (caught.value.problem.title, caught.value.problem.detail) == (title, detail)


@pytest.mark.parametrize("name", ["x", "x" * 60, "日本語", "'; DROP TABLE presets; --", "<b>&amp;</b>"])
def test_a_good_name_stays(presets: Presets, name: str) -> None:
    presets.save(name, A)
    assert presets.all() == {name: A}
    assert parse_preset_name(name) == name

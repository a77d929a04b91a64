# SPDX-License-Identifier: MIT
"""The bar above what came: its buttons beside the texts, or below them where there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.practice.cloud import WorkersAt
from notification_tester.qt.inbox.form import InboxBar
from notification_tester.services.hit_types.practice_workers import PracticeWork
from notification_tester.services.inbox.reading import Followed, FollowNews

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("width", [420, 1400])
def test_no_button_is_wider_than_its_words(qtbot: QtBot, width: int) -> None:
    bar = InboxBar()
    qtbot.addWidget(bar)
    bar.show_following(ReceiverPlace(), ending=False, url="http://127.0.0.1:1/")
    bar.resize(width, 200)
    bar.show()
    QApplication.processEvents()
    assert bar.pause.isVisible()
    assert bar.pause.width() == bar.pause.sizeHint().width()


@pytest.mark.parametrize("available", [True, False], ids=["here", "not here"])
@pytest.mark.parametrize("width", [544, 240, 190])
def test_in_a_narrow_window_nothing_in_it_is_cut(qtbot: QtBot, width: int, available: bool) -> None:
    """As in a window of 900 points, and as with the text twice as large; why it cannot notify is in the tip."""
    address = "https://sqs.us-east-1.amazonaws.com/123456789012/practice-results"
    page = QWidget()
    qtbot.addWidget(page)
    bar = InboxBar(page)
    rows = QVBoxLayout(page)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addWidget(bar)
    rows.addStretch(1)
    bar.set_notifications(why_not="" if available else "There is no place for it.", on=False)
    bar.show_following(parse_destination(Transport.SQS, address), ending=False, url="")
    bar.show_news(FollowNews(shown=61, held=61), is_queue=True)
    page.resize(width, 600)
    page.show()

    buttons, texts = (bar.notifications, bar.pause), (bar.title, bar.state)
    qtbot.waitUntil(lambda: all(one.width() >= one.sizeHint().width() for one in buttons))
    qtbot.waitUntil(lambda: all(one.height() >= one.heightForWidth(one.width()) for one in texts))
    assert bar.width() == width
    assert width < 200 or ("desktop" if available else "(not on this system)") in bar.notifications.text()
    assert width < 544 or bar.height() <= 5 * bar.fontMetrics().height() + 20
    assert bool(bar.notifications.toolTip()) is not available
    assert bar.notifications.accessibleDescription() == bar.notifications.toolTip()


QUEUE, OTHER = (
    parse_destination(Transport.SQS, f"https://sqs.us-east-1.amazonaws.com/123456789012/{name}")
    for name in ("lab", "other")
)
TROUBLE = Problem(title="It is away.", detail="It was removed.", remedy="Look.", code="x", cause=Cause.DESTINATION)


@pytest.fixture
def bar(qtbot: QtBot) -> InboxBar:
    bar = InboxBar()
    qtbot.addWidget(bar)
    return bar


def seen(bar: InboxBar) -> set[str]:
    """What there is beside the title."""
    parts = ("trouble", "copy", "pause", "resume", "notifications")
    return {name for name in parts if getattr(bar, name).isVisibleTo(bar)}


class TestHowItGoes:
    def test_trouble_is_said_while_it_lasts(self, bar: InboxBar) -> None:
        bar.show_following(QUEUE, ending=False, url="")
        assert seen(bar) == {"pause", "notifications"}
        bar.show_news(FollowNews(held=1, trouble=TROUBLE), is_queue=True)
        assert bar.trouble.text().endswith("It is away. It was removed. It is tried again by itself.")
        assert "trouble" in seen(bar)
        bar.show_following(QUEUE, ending=False, url="")
        assert "trouble" in seen(bar), "it is the same that is followed"
        assert bar.state.text()
        bar.show_news(FollowNews(held=1), is_queue=True)
        assert "trouble" not in seen(bar)
        bar.show_news(FollowNews(held=9, is_full=True), is_queue=True)
        assert bar.trouble.text().startswith("No more can be held")
        assert "trouble" in seen(bar)

    @pytest.mark.parametrize("goes", ["another", "paused", "opened", "ending"])
    def test_nothing_stays_of_what_went_before(self, bar: InboxBar, goes: str) -> None:
        bar.show_following(QUEUE, ending=False, url="")
        bar.show_news(FollowNews(held=1, trouble=TROUBLE), is_queue=True)
        held = bar.state.text()
        if goes == "another":
            bar.show_following(OTHER, ending=False, url="")
        elif goes == "paused":
            bar.show_paused(QUEUE)
        elif goes == "opened":
            bar.show_opened("Opened messages")
        else:
            bar.show_following(QUEUE, ending=True, url="http://127.0.0.1:1/")
        expected = {"paused": {"resume", "notifications"}, "opened": set()}
        assert seen(bar) == expected.get(goes, {"pause", "notifications"})
        assert bar.pause.isEnabled() is (goes != "ending")
        assert bar.state.text() != held

    def test_it_may_be_paused_again_once_it_goes_on(self, bar: InboxBar) -> None:
        bar.show_following(QUEUE, ending=True, url="")
        assert bar.title.text() == "Giving the messages back to lab…"
        bar.show_paused(QUEUE)
        assert bar.title.text() == "Paused: lab"
        bar.show_news(FollowNews(held=1, trouble=TROUBLE), is_queue=True)
        bar.show_following(QUEUE, ending=False, url="")
        assert bar.title.text() == "Following lab"
        assert seen(bar) == {"pause", "notifications"}
        assert bar.pause.isEnabled()
        assert bar.state.text() == "", "what was said while it paused is over"

    def test_an_address_is_there_to_copy_while_it_receives(self, bar: InboxBar) -> None:
        bar.show_following(ReceiverPlace(), ending=False, url="")
        assert bar.title.text() == "Receiving on this computer"
        assert "copy" not in seen(bar)
        bar.show_news(FollowNews(url="http://127.0.0.1:1/", confirmation="It was confirmed."), is_queue=False)
        assert bar.state.text() == "At http://127.0.0.1:1/, from this computer alone. It was confirmed."
        assert "copy" in seen(bar)
        bar.copy.click()
        assert QGuiApplication.clipboard().text() == "http://127.0.0.1:1/"
        bar.show_following(ReceiverPlace(), ending=True, url="http://127.0.0.1:1/")
        assert bar.title.text() == "The receiver ends…"
        assert "copy" not in seen(bar)
        bar.show_news(FollowNews(url="http://127.0.0.1:1/"), is_queue=False)
        bar.show_paused(ReceiverPlace())
        assert "copy" not in seen(bar)

    @pytest.mark.parametrize(
        ("seconds", "said"), [(60, ""), (61, "two minutes"), (120, "two minutes"), (121, "five minutes")]
    )
    def test_when_a_queue_would_have_them_back(self, bar: InboxBar, seconds: int, said: str) -> None:
        bar.show_news(FollowNews(held=2, back_within=seconds), is_queue=True)
        end = f" If the program died, the queue would give them back within {said}." if said else ""
        assert bar.state.text().endswith(f"only when you pause.{end}")


class TestHowItEnded:
    def test_what_was_left_behind_is_unfolded_and_said(self, bar: InboxBar) -> None:
        bar.set_short(short=True)
        assert not bar.state.isVisibleTo(bar)
        bar.show_paused(QUEUE)
        bar.show_ended(Followed(shown=1, late=0), is_queue=False, was_left=False)
        assert not bar.state.isVisibleTo(bar)
        bar.show_ended(Followed(shown=1, late=0, left_behind=TROUBLE), is_queue=False, was_left=True)
        said = "It is away. It was removed. Look."
        assert bar.state.text() == f"Following ended when another account was opened. {said}"
        assert bar.state.isVisibleTo(bar)
        assert "trouble" not in seen(bar)

    def test_why_it_could_not_be_read_at_the_end(self, bar: InboxBar) -> None:
        bar.show_paused(QUEUE)
        bar.show_ended(Followed(shown=1, late=1, trouble=TROUBLE), is_queue=True, was_left=False)
        assert bar.state.text() == "1 message could not be given back now; the queue does so by itself soon."
        assert "when that ended: It is away. It was removed." in bar.trouble.text()
        assert "trouble" in seen(bar)


class TestShort:
    def test_what_following_does_is_folded_away_where_there_is_no_room(self, bar: InboxBar) -> None:
        assert not bar.fold.isVisibleTo(bar)
        assert bar.state.isVisibleTo(bar)
        bar.set_short(short=True)
        assert bar.fold.isVisibleTo(bar)
        assert not bar.state.isVisibleTo(bar)
        bar.fold.click()
        bar.set_short(short=True)
        assert bar.state.isVisibleTo(bar), "a person unfolded it"
        bar.fold.click()
        bar.set_short(short=False)
        assert bar.state.isVisibleTo(bar)
        assert not bar.fold.isVisibleTo(bar)


class TestNotifications:
    def test_a_wish_is_shown_without_being_a_new_one(self, bar: InboxBar) -> None:
        wished: list[bool] = []
        bar.notifications_wanted.connect(wished.append)
        bar.set_notifications(why_not="", on=True)
        assert bar.notifications.isChecked()
        assert bar.notifications.isEnabled()
        assert wished == []
        bar.notifications.click()
        assert wished == [False]
        bar.set_notifications(why_not="There is no place for it.", on=True)
        assert not bar.notifications.isChecked()
        assert not bar.notifications.isEnabled()
        assert wished == [False]


class TestPracticeWorkers:
    @pytest.mark.parametrize(
        ("working", "may_begin", "again"), [(0, True, True), (0, False, False), (1, True, False), (1, False, False)]
    )
    def test_they_begin_again_once_they_are_done(
        self, bar: InboxBar, working: int, may_begin: bool, again: bool
    ) -> None:
        work = PracticeWork(at=WorkersAt(hit_types=1, working=working, told=1, kept_out=0))
        bar.show_work(work, may_begin=may_begin)
        assert bar.work.isVisibleTo(bar)
        assert bar.work_again.isVisibleTo(bar) is again
        ends = "are at work: 1 HIT type, 1 event so far." if working else "have done their work: 1 HIT type, 1 event."
        assert bar.work.text() == f"The practice workers {ends}"
        bar.show_work(None, may_begin=may_begin)
        assert not bar.work.isVisibleTo(bar)
        assert not bar.work_again.isVisibleTo(bar)

    @pytest.mark.parametrize(("is_queue", "named"), [(True, "queue"), (False, "topic")])
    def test_what_would_be_set_is_said_before(self, bar: InboxBar, is_queue: bool, named: str) -> None:
        nobody = WorkersAt(hit_types=0, working=0, told=0, kept_out=0)
        bar.show_work(PracticeWork(at=nobody, would_set="Find a cat"), is_queue=is_queue, may_begin=True)
        assert bar.work.text().startswith(f"No HIT type tells this {named} yet.")
        assert "“Find a cat”" in bar.work.text()
        assert bar.work_again.text() == "&Start the practice workers"
        bar.show_work(PracticeWork(at=nobody), is_queue=is_queue)
        assert bar.work.text() == "No practice HIT type is set to tell this place."

    @pytest.mark.parametrize(
        ("count", "said"),
        [(1, "1 event since then did not come: it was"), (2, "2 events since then did not come: the")],
    )
    def test_what_was_kept_out_is_said(self, bar: InboxBar, count: int, said: str) -> None:
        bar.show_work(PracticeWork(at=WorkersAt(hit_types=2, working=0, told=3, kept_out=count)), may_begin=True)
        assert bar.work.text().startswith("The practice workers have done their work: 2 HIT types, 3 events. " + said)

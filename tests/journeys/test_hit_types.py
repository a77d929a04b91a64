# SPDX-License-Identifier: MIT
"""HIT types from the first look to the undo, as a person does it: see, test, apply, switch, fail, try again, undo."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from journeys.person import first_is_late, give_file
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.setting import Action
from notification_tester.domain.setting import apply as applied
from notification_tester.practice.faults import Faults
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.app.navigation import HIT_TYPES, TEST
from notification_tester.qt.hit_types import bulk_run, texts
from notification_tester.qt.hit_types.dialogs import PasteIdsDialog
from notification_tester.qt.hit_types.texts import Column
from notification_tester.qt.hit_types.view import Command
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.notification.form_state import FormState
from notification_tester.qt.notification.preset_menu import PresetNameDialog
from notification_tester.services.hit_types.bulk_types import RowState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from journeys.person import Person
    from notification_tester.qt.hit_types.bulk_preview import PreviewDialog
    from notification_tester.qt.hit_types.page import HitTypesPage
    from notification_tester.services.hit_types.bulk_types import HitTypeRow


class HitTypesUser:
    """What the person sees of the page HIT types, and how they use it."""

    def __init__(self, person: Person) -> None:
        self.person = person

    @property
    def page(self) -> HitTypesPage:
        page = self.person.window.workspace.hit_types.page
        assert page is not None
        return page

    def go(self) -> HitTypesUser:
        self.person.window.workspace.go_to(HIT_TYPES)
        self.person.seen(self.person.window.workspace.hit_types)
        return self.settle()

    def settle(self) -> HitTypesUser:
        tasks = self.person.desktop.tasks
        self.person.until(self.page.isVisible)
        self.person.until(
            lambda: not self.page.controller.is_listing and not self.page.model.is_taking and not tasks.is_busy
        )
        return self

    def rows(self) -> list[HitTypeRow]:
        return self.page.model.rows()

    def states(self) -> list[RowState]:
        return [row.state for row in self.rows()]

    def choose(self, count: int) -> HitTypesUser:
        table = self.page.view.table
        table.setFocus()
        table.setCurrentIndex(self.page.model.index(0, Column.TITLE))
        for _ in range(count - 1):
            QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        self.person.until(lambda: self.page.view.buttons.count.text().startswith(f"{count} of"))
        return self

    def press(self, command: Command) -> PreviewDialog:
        self.person.until(self.page.view.buttons.by_command[command].isEnabled)
        self.person.click(self.page.view.buttons.by_command[command])
        self.person.until(lambda: self.page.preview is not None)
        dialog = self.page.preview
        assert dialog is not None
        if dialog.choice.isVisible() and dialog.choice.currentIndex() < 0:
            QTest.keyClick(dialog.choice, Qt.Key.Key_Down)  # nothing was tested: the first on offer
        self.person.until(dialog.go.isEnabled)
        return dialog

    def send(self, dialog: PreviewDialog) -> HitTypesUser:
        self.person.click(dialog.go)
        self.person.until(lambda: not self.page.controller.is_running)
        return self.settle()

    def exchange(self, command: Command, path: Path) -> HitTypesUser:
        """Take the record to a file, or from it, as chosen in the dialog that asks for one."""
        self.page.view.buttons.record_actions[command].trigger()
        give_file(path, self.person.window)
        return self.settle()

    def real(self) -> dict[str, bool]:
        """What practice's Mechanical Turk really has: whether each HIT type is on."""
        return {one: bool(setting["active"]) for one, setting in self.person.cloud.settings().items()}


@pytest.fixture
def user(person: Person) -> HitTypesUser:
    return HitTypesUser(person)


def test_from_a_good_test_to_every_hit_type_and_back(person: Person, user: HitTypesUser) -> None:
    person.send()
    person.click(person.result.use)
    assert person.window.workspace.navigation.buttons[HIT_TYPES].isChecked()
    user.settle()
    assert "The notification to practice-results that you tested is ready to be applied" in user.page.view.note.text
    assert set(user.states()) == {RowState.NOT_SET}
    assert user.page.view.status.text().startswith(f"{len(user.rows())} HIT types, ")
    person.click(user.page.view.buttons.all_shown)
    dialog = user.press(Command.APPLY)
    assert dialog.choice.currentText().startswith("As just tested")
    assert "arrived in a test" in dialog.tested.text()
    assert not user.real()
    user.send(dialog)
    ids = {str(row.id) for row in user.rows()}
    assert user.real() == dict.fromkeys(ids, True)
    assert set(user.states()) == {RowState.ON}
    assert user.page.model.index(0, Column.TESTED).data() == "arrived just now"
    assert user.page.model.index(0, Column.SET).data().endswith(", from here"), "in practice it holds at once"
    assert " · on since " in user.page.model.index(0, Column.NOTIFICATION).data().replace("\u00a0", " ")
    assert user.page.view.panel.status.text().endswith(" What was applied is in effect, unless it was changed since.")
    assert user.page.view.panel.workers.isVisible(), "practice's workers begin, and where to see it is said"
    assert "were applied" in user.page.view.panel.title.text()

    user.choose(2)
    user.send(user.press(Command.OFF))
    assert user.states().count(RowState.OFF) == 2
    assert not user.page.view.panel.workers.isVisible(), "nothing begins on what is off"
    assert sorted(user.real().values()) == [False, False] + [True] * (len(ids) - 2)
    user.send(user.press(Command.UNDO))
    assert set(user.states()) == {RowState.ON}
    assert set(user.real().values()) == {True}


def test_escape_and_return_in_the_preview_send_nothing(person: Person, user: HitTypesUser) -> None:
    user.go().choose(3)
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        dialog = user.press(Command.APPLY)
        assert "never arrived" in dialog.tested.text()
        QTest.keyClick(dialog, key)
        person.until(lambda: user.page.preview is None)
    assert not user.real()
    assert set(user.states()) == {RowState.NOT_SET}


def test_buttons_say_why_they_cannot_be_pressed(person: Person, user: HitTypesUser) -> None:
    user.go()
    user.page.view.table.clearSelection()
    buttons = user.page.view.buttons.by_command
    person.until(lambda: not buttons[Command.APPLY].isVisible())
    assert "Tick one or more" in buttons[Command.APPLY].toolTip()
    assert "no specification" in buttons[Command.REAPPLY].toolTip()
    user.choose(1)
    assert buttons[Command.APPLY].isVisible()
    assert buttons[Command.APPLY].isEnabled()
    assert not buttons[Command.UNDO].isEnabled()
    assert "not known what is set" in buttons[Command.TEST].toolTip()


def test_ids_by_hand_that_do_not_exist_fail_with_their_reason(person: Person, user: HitTypesUser) -> None:
    user.go()
    before = len(user.rows())
    person.click(user.page.view.add)
    dialog = next(one for one in QApplication.topLevelWidgets() if isinstance(one, PasteIdsDialog))
    dialog.edit.setPlainText("3NOTHERE1\n3NOTHERE2, 3NOTHERE1")
    person.until(dialog.add.isEnabled)
    assert "2 ids were found." in dialog.good.text
    assert "1 was there more than once" in dialog.good.text
    person.click(dialog.add)
    user.settle()
    person.until(lambda: user.page.view.table.chosen_count() == 2)
    assert len(user.rows()) == before + 2
    assert "2 HIT types were added." in user.page.view.note.text
    preview = user.press(Command.APPLY)
    user.send(preview)
    panel = user.page.view.panel
    assert user.states().count(RowState.FAILED) == 2
    assert "2 were not" in panel.title.text()
    person.click(panel.results)
    results = user.page.results
    assert results is not None
    assert results.model.rowCount() == 2
    assert "no such HIT type" in results.model.index(0, 2).data()
    results.search.setText("3nothere2")
    assert results.model.rowCount() == 1
    person.click(results.copy)
    assert QApplication.clipboard().text().splitlines()[1].startswith("3NOTHERE2\t")
    person.click(panel.results)  # once more: it begins anew, and there is one
    shown = [one for one in person.window.findChildren(bulk_run.BulkResultsDialog) if one.isVisible()]
    assert [one.search.text() for one in shown] == [""]
    (results,) = shown
    person.click(results.close_button)
    person.click(user.page.view.buttons.by_command[Command.DETAILS])
    details = user.page.view.splitter.details
    assert details is not None
    person.until(lambda: details.row is not None and not details.no_lines.isVisible())
    assert details.problem.isVisible()
    assert "There is no such HIT type here." in details.problem.title.text()
    person.window.activateWindow()
    person.until(person.window.isActiveWindow)
    details.close_link.setFocus()
    QTest.keyClick(details.close_link, Qt.Key.Key_Space)
    assert not user.page.view.splitter.is_open
    assert person.window.focusWidget() is user.page.view.table


def test_the_failed_ones_are_tried_again(person: Person, user: HitTypesUser) -> None:
    user.go().choose(4)
    dialog = user.press(Command.APPLY)
    person.cloud.set_faults(Faults(internal_failure_rate=1.0))
    user.send(dialog)
    assert user.states().count(RowState.UNKNOWN) == 4, "trouble of the service tells nothing of whether it was done"
    assert user.page.view.panel.tone is Tone.BEWARE, "nothing is known to have failed"
    person.until(user.page.view.unknown.isVisible)
    assert user.page.view.unknown.detail.text().startswith("No clear answer came: the service was in trouble, or")
    person.cloud.set_faults(Faults())
    assert user.page.view.panel.retry.text() == "Send what is not known a&gain"
    person.click(user.page.view.panel.retry)
    person.until(lambda: not user.page.controller.is_running)
    user.settle()
    assert user.states().count(RowState.ON) == 4
    assert "All 4 changes were applied." in user.page.view.panel.title.text()


def test_closing_while_it_runs_asks_and_stops(person: Person, user: HitTypesUser) -> None:
    person.cloud.add_hits(hits=300, hit_types=300)
    user.go()
    person.click(user.page.view.buttons.all_shown)
    dialog = user.press(Command.APPLY)
    person.cloud.set_faults(Faults(slow_seconds=0.3))
    person.click(dialog.go)
    person.until(lambda: user.page.controller.is_running)
    assert "Changes are being sent" in user.page.view.buttons.why.text()
    assert not user.page.view.buttons.by_command[Command.APPLY].isEnabled()
    person.window.close()
    assert person.window.isVisible()
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        box = user.page.question
        assert box is not None
        QTest.keyClick(box, key)
        assert user.page.question is None
        assert user.page.controller.is_running
        assert not user.page.controller.is_stopping
        person.window.close()
    box = user.page.question
    assert isinstance(box, QMessageBox)
    person.click(next(one for one in box.buttons() if "Stop" in one.text()))
    person.until(lambda: not person.window.isVisible())
    assert not user.page.controller.is_running


def slow_run(person: Person, user: HitTypesUser, *, count: int, seconds: float) -> None:
    """Begin a run of so many changes, each of which takes so long."""
    person.cloud.add_hits(hits=count, hit_types=count)
    user.go()
    person.click(user.page.view.buttons.all_shown)
    dialog = user.press(Command.APPLY)
    person.cloud.set_faults(Faults(slow_seconds=seconds))
    person.click(dialog.go)
    person.until(lambda: user.page.controller.is_running)


def questions(person: Person) -> list[QMessageBox]:
    return [one for one in person.window.findChildren(QMessageBox) if one.isVisible()]


def press_in(box: QMessageBox, text: str) -> None:
    QTest.mouseClick(next(one for one in box.buttons() if text in one.text()), Qt.MouseButton.LeftButton)


def test_a_run_that_ends_while_it_is_asked_closes_the_window(person: Person, user: HitTypesUser) -> None:
    slow_run(person, user, count=12, seconds=0.5)
    person.window.close()
    assert len(questions(person)) == 1
    person.until(lambda: not user.page.controller.is_running)
    person.until(lambda: not person.window.isVisible())
    assert not questions(person)


def test_closing_once_more_while_it_is_asked_is_the_same_wish(person: Person, user: HitTypesUser) -> None:
    slow_run(person, user, count=300, seconds=0.3)
    person.window.close()
    person.window.close()  # as a session manager does, or somebody who is impatient
    (box,) = questions(person)
    press_in(box, "Stop")
    person.window.close()
    assert not questions(person), "it is being stopped already"
    assert user.page.controller.is_running
    person.until(lambda: not person.window.isVisible())


def test_keeping_going_drops_the_wish_to_close(person: Person, user: HitTypesUser) -> None:
    slow_run(person, user, count=12, seconds=0.5)
    person.window.close()
    (box,) = questions(person)
    press_in(box, "Keep")
    person.until(lambda: not user.page.controller.is_running)
    user.settle()
    assert person.window.isVisible()


def test_cancel_works_before_anything_was_answered(person: Person, user: HitTypesUser) -> None:
    slow_run(person, user, count=30, seconds=20)
    panel = user.page.view.panel
    person.click(panel.cancel)
    assert "Stopping" in panel.status.text()
    person.until(lambda: not user.page.controller.is_running, timeout=15_000)
    assert panel.close_button.isVisible()


def test_a_service_that_asks_to_wait_without_end_is_said_to(
    person: Person, user: HitTypesUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "STANDS_STILL_SECONDS", 1.5)
    monkeypatch.setattr(texts, "STANDS_STILL_SECONDS", 1)
    user.go().choose(3)
    dialog = user.press(Command.APPLY)
    person.cloud.set_faults(Faults(throttle_rate=1.0))
    person.click(dialog.go)
    panel = user.page.view.panel
    person.until(lambda: "has taken nothing for" in panel.slow.text() and panel.slow.isVisible())
    person.click(panel.cancel)
    person.until(lambda: not user.page.controller.is_running)
    user.settle()
    person.click(user.page.view.refresh)
    person.until(lambda: user.page.view.status.text().startswith("No answer for "))
    person.click(user.page.view.refresh)
    person.until(lambda: not user.page.controller.is_listing)


def test_escape_ends_collecting_before_anything_was_answered(person: Person, user: HitTypesUser) -> None:
    person.cloud.set_faults(Faults(slow_seconds=20))
    person.window.workspace.go_to(HIT_TYPES)
    person.until(lambda: person.window.workspace.hit_types.page is not None and user.page.controller.is_listing)
    user.page.setFocus()
    QTest.keyClick(user.page, Qt.Key.Key_Escape)
    person.until(lambda: not user.page.controller.is_listing, timeout=15_000)
    assert user.page.view.refresh.text() == "R&efresh"


def test_what_a_crash_left_open_is_sent_again(
    person: Person, sit_down: Callable[[], Person], user: HitTypesUser
) -> None:
    user.go()
    session = person.desktop.program.session
    assert session is not None
    assert session.ledger is not None
    opened = person.desktop.program.current
    assert opened is not None
    page = user.page
    spec = person.form.spec()
    ids = [HitTypeId(row.id) for row in user.rows()[:3]]
    name, environment = session.hit_types.recorded_as(opened)
    _plan_as_another_program(person, name, environment, [applied(one, spec) for one in ids])
    page.controller.read_known()
    user.settle()
    person.until(page.view.unknown.isVisible)
    assert "3 changes are not known" in page.view.unknown.title.text()
    assert user.states().count(RowState.UNKNOWN) == 3
    person.click(page.view.unknown.buttons["look"])
    assert page.model.rowCount() == 3
    page.view.filter.clear()
    person.click(page.view.unknown.buttons["send"])
    person.until(lambda: not page.controller.is_running)
    user.settle()
    person.until(lambda: not page.view.unknown.isVisible())
    assert user.states().count(RowState.ON) == 3
    assert user.real() == {str(one): True for one in ids}


def _plan_as_another_program(person: Person, account: str, environment: str, changes: list[object]) -> None:
    """Write lines down as a program did that was killed before the answers came."""
    import subprocess
    import sys

    script = (
        "import os, pickle, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from notification_tester.storage.database import Database\n"
        "from notification_tester.storage.ledger import Ledger\n"
        "path, account, environment, changes = pickle.load(sys.stdin.buffer)\n"
        "Ledger(Database(Path(path))).plan(account, environment, changes, now=datetime.now(UTC))\n"
        "os._exit(1)\n"
    )
    import pickle

    session = person.desktop.program.session
    assert session is not None
    given = pickle.dumps((str(session.places.database), account, environment, changes))
    subprocess.run([sys.executable, "-c", script], input=given, check=False, timeout=60)


def test_what_was_known_before_a_change_does_not_come_in_the_place_of_what_is_known_after_it(
    person: Person, user: HitTypesUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = person.desktop.program.session
    assert session is not None
    user.go()
    with first_is_late(person, monkeypatch, session.hit_types, "rows") as is_asked:
        person.window.workspace.go_to(TEST)
        person.window.workspace.go_to(HIT_TYPES)  # where it is looked at once more
        person.until(is_asked.is_set)
        user.choose(1)
        person.click(user.press(Command.APPLY).go)
        person.until(lambda: user.states().count(RowState.ON) == 1 and not user.page.controller.is_running)
    user.settle()
    assert user.states().count(RowState.ON) == 1


def test_a_run_that_was_refused_has_the_button_for_whoever_may_allow_it(person: Person, user: HitTypesUser) -> None:
    user.go().choose(2)
    dialog = user.press(Command.OFF)
    person.cloud.set_faults(Faults(denied_actions=("mechanicalturk:UpdateNotificationSettings",)))
    user.send(dialog)
    panel = user.page.view.panel
    assert "Ask the administrator" in panel.why.text()
    assert [one.text() for one in panel.remedies] == ["For the administrator…", "Open Accounts…"]
    person.click(panel.remedies[0])
    person.until(lambda: person.checkup.administrator_dialog is not None)
    assert person.checkup.administrator_dialog is not None
    person.checkup.administrator_dialog.reject()
    person.cloud.set_faults(Faults())
    user.go()
    person.click(panel.retry)
    user.settle()
    assert panel.remedies == []


def is_asked_by(kind: type[QDialog]) -> bool:
    return isinstance(QApplication.activeModalWidget(), kind)


def test_listing_that_is_refused_is_explained_in_place(person: Person, user: HitTypesUser) -> None:
    person.cloud.set_faults(Faults(denied_actions=("mechanicalturk:ListHITs",)))
    user.go()
    card = user.page.view.problem
    assert card.isVisible()
    assert {"again", "accounts", "ids"} <= set(card.buttons)
    assert user.page.view.nothing_yet.isVisible()
    for button, kind in (("ids", PasteIdsDialog), ("accounts", AccountDialog)):
        person.click(card.buttons[button])
        person.until(partial(is_asked_by, kind))
        asking = QApplication.activeModalWidget()
        assert isinstance(asking, QDialog)
        asking.reject()
    person.cloud.set_faults(Faults())
    person.click(card.buttons["again"])
    user.settle()
    assert not card.isVisible()
    assert user.rows()


def test_collecting_can_be_stopped_and_keeps_what_it_has(person: Person, user: HitTypesUser) -> None:
    person.cloud.add_hits(hits=3_000, hit_types=600)
    person.cloud.set_faults(Faults(slow_seconds=0.6))
    person.window.workspace.go_to(HIT_TYPES)
    person.until(lambda: person.window.workspace.hit_types.page is not None and user.page.model.total > 0)
    assert "so far" in user.page.view.status.text()
    assert user.page.view.refresh.text() == "Canc&el"
    person.click(user.page.view.refresh)
    user.settle()
    assert 0 < user.page.model.total < 605
    assert "stopped before the end" in user.page.view.status.text()


def test_a_setting_is_taken_from_another_row_and_tested(person: Person, user: HitTypesUser) -> None:
    user.go().choose(1)
    user.send(user.press(Command.APPLY))
    kept = user.rows()[0].setting.spec
    person.window.workspace.go_to(TEST)
    person.form.set_state(FormState())
    person.window.workspace.go_to(HIT_TYPES)
    user.settle().choose(3)
    dialog = user.press(Command.APPLY)
    assert dialog.choice.currentText().startswith("As set for “")
    user.send(dialog)
    assert [row.setting.spec for row in user.rows()[:3]] == [kept] * 3
    user.choose(1)
    person.click(user.page.view.buttons.by_command[Command.TEST])
    assert person.window.workspace.navigation.buttons[TEST].isChecked()
    assert person.form.spec() == kept


def test_presets_in_the_form_and_here(person: Person, user: HitTypesUser) -> None:
    spec = person.form.spec()
    menu = person.page.presets
    assert menu is not None
    menu.save.trigger()
    dialog = next(
        one for one in QApplication.topLevelWidgets() if isinstance(one, PresetNameDialog) and one.isVisible()
    )
    QTest.keyClicks(dialog.name, "Lab & co")
    person.click(dialog.save)
    person.until(lambda: any(action.text() == "Lab && co" for action in menu.list.actions()))
    person.form.set_state(FormState())
    next(action for action in menu.list.actions() if action.text() == "Lab && co").trigger()
    assert person.form.spec() == spec
    person.form.set_state(FormState())
    user.go().choose(1)
    assert user.press(Command.APPLY).choice.currentText().startswith("Preset “Lab & co”")


def test_a_preset_stays_in_the_menu_that_was_opened_before_it_was_saved(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    menu, session = person.page.presets, person.desktop.program.session
    assert menu is not None
    assert session is not None
    assert session.presets is not None
    with first_is_late(person, monkeypatch, session.presets, "all") as is_asked:
        menu.list.aboutToShow.emit()
        person.until(is_asked.is_set)
        menu.save.trigger()
        dialog = next(one for one in person.window.findChildren(PresetNameDialog) if one.isVisible())
        QTest.keyClicks(dialog.name, "Lab")
        person.click(dialog.save)
        person.until(lambda: any(action.text() == "Lab" for action in menu.list.actions()))
    assert any(action.text() == "Lab" for action in menu.list.actions())


def test_undo_of_a_first_setting_switches_off_and_says_so(person: Person, user: HitTypesUser) -> None:
    user.go().choose(1)
    user.send(user.press(Command.APPLY))
    dialog = user.press(Command.UNDO)
    assert dialog.request.action is Action.UNDO
    assert "nothing is known of before" in dialog.model.index(0, 1).data()
    user.send(dialog)
    assert user.states()[0] is RowState.OFF
    assert list(user.real().values()) == [False]


def test_the_record_goes_out_and_comes_back(
    person: Person, user: HitTypesUser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    user.go().choose(2)
    user.send(user.press(Command.APPLY))
    path = tmp_path_factory.mktemp("record") / "record.json"
    user.exchange(Command.EXPORT, path)
    assert "The record was exported." in user.page.view.note.text
    user.exchange(Command.IMPORT, path)
    assert "There was nothing new to import." in user.page.view.note.text
    path.write_text("HITTypeId\n", encoding="utf-8")
    user.exchange(Command.IMPORT, path)
    assert user.page.view.problem.isVisible()


def test_columns_are_remembered_between_starts(sit_down: Callable[[], Person], qtbot: QtBot) -> None:
    person = sit_down()
    person.start()
    user = HitTypesUser(person).go()
    with qtbot.waitSignal(user.page.view.table.columns_changed):
        user.page.view.table.horizontalHeader().resizeSection(Column.NOTIFICATION, 321)
    user.settle()
    person = sit_down()
    person.start()
    assert HitTypesUser(person).go().page.view.table.columnWidth(Column.NOTIFICATION) == 321


def test_a_row_leads_to_what_the_inbox_and_the_history_have_of_it(person: Person, user: HitTypesUser) -> None:
    person.send()
    person.click(person.result.use)
    user.settle()
    person.click(user.page.view.buttons.all_shown)
    user.send(user.press(Command.APPLY))
    workspace, row = person.window.workspace, user.rows()[0]
    user.page.history_requested.emit(row.setting.spec.destination.text if row.setting.spec else "")
    history = person.seen(workspace.history)
    person.until(lambda: history.model.rowCount() > 0 and not history.model.is_loading)
    assert row.setting.spec is not None
    assert history.filter.search.text() == row.setting.spec.destination.text
    user.page.inbox_requested.emit(row.id)
    inbox = person.seen(workspace.inbox)
    assert inbox.filter.search.text() == row.id

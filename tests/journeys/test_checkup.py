# SPDX-License-Identifier: MIT
"""It does not arrive: find out why in the window, mend it, see it arrive, take it back."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from journeys.person import GREEN, give_file
from journeys.test_hit_types import HitTypesUser
from notification_tester.aws.queues import NAME_PREFIX, Queue
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.domain.way import Passage
from notification_tester.practice.faults import Faults
from notification_tester.qt.hit_types.view import Command
from notification_tester.qt.lists.table_model import ROW_ROLE
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.looks.tone_mark import ToneLabel
from notification_tester.services.checkup import mend
from notification_tester.storage.rows import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from journeys.person import Person
    from notification_tester.qt.checkup.mend_dialog import MendDialog
    from notification_tester.qt.checkup.view import CheckupView

GOOD_QUEUE = "Queue found in your account, and Mechanical Turk may write to it"
CLOSED = "The queue does not let Mechanical Turk in."


def verdict(person: Person, text: str) -> Tone:
    """Wait until the line under the destination says this; its tone."""
    field = person.form.destination
    person.until(lambda: text in field.verdict())
    (line,) = [one for one in field.findChildren(ToneLabel) if one.isVisible() and text in one.text()]
    return line.tone


def states(person: Person) -> tuple[State, ...]:
    outcome = person.outcome()
    return outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state


def mend_dialog(person: Person) -> MendDialog:
    person.until(lambda: person.checkup.mend_dialog is not None)
    dialog = person.checkup.mend_dialog
    assert dialog is not None
    return dialog


def findings(person: Person) -> CheckupView:
    person.click(person.form.destination.findings_link)
    view = person.checkup.view
    assert view is not None
    person.until(lambda: view.findings.is_complete)
    person.until(lambda: all(card.button is None or card.button.height() > 9 for card in view.findings.cards))
    return view


def wait_for_test(person: Person) -> None:
    person.until(lambda: not person.form.send.isEnabled())
    person.until(person.form.send.isEnabled)


def change(person: Person, dialog: MendDialog) -> None:
    person.until(dialog.change.isVisible)
    person.click(dialog.change)
    person.until(dialog.undo.isVisible)
    person.until(lambda: not dialog.is_writing)


def take_back(person: Person) -> MendDialog:
    """In the dialog that is open: see what would be put back, and say yes."""
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    assert dialog.heading.text().startswith("Take back the change at")
    assert dialog.change.text() == "&Take it back"
    assert dialog.cancel.isDefault()
    person.click(dialog.change)
    person.until(lambda: "taken back" in dialog.sentence.text() and not dialog.is_writing)
    return dialog


def test_blocked_then_mended_then_green_then_undone(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    assert verdict(person, CLOSED) is Tone.BAD
    person.send()
    assert states(person)[:2] == (State.UNKNOWN, State.NO)
    assert person.result.problem.title.text() == CLOSED
    keys = list(person.result.problem.buttons)
    assert keys[:3] == ["mend", "copy-statement", "throw-away"]
    person.click(person.result.problem.buttons["mend"])
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    assert not dialog.change.isDefault()
    assert dialog.cancel.isDefault()
    assert dialog.sentence.text().startswith("practice-blocked has no access policy yet. It gets one with")
    shown = dialog.difference.toPlainText().splitlines()
    assert any(line.startswith("+") and "mturk-requester.amazonaws.com" in line for line in shown)
    change(person, dialog)
    assert dialog.sentence.text().startswith("practice-blocked had no access policy. It has one now, with a single")
    assert dialog.outcome.text() == "Changed, read back and checked: Mechanical Turk is let in."
    assert dialog.outcome.tone is Tone.GOOD
    person.click(dialog.test)
    wait_for_test(person)
    assert states(person) == GREEN
    assert verdict(person, GOOD_QUEUE) is Tone.GOOD
    assert person.checkup.mend_dialog is None

    view = findings(person)
    person.click(view.undo)
    dialog = take_back(person)
    person.click(dialog.cancel)
    person.until(lambda: view.findings.is_complete and view.verdict.text().startswith("Broken."))
    assert not view.undo.isVisible()
    person.click(view.close_button)
    assert verdict(person, CLOSED) is Tone.BAD


def test_who_goes_silent_is_told_before_and_after_what_was_mended_just_now_is_taken_back(person: Person) -> None:
    user = HitTypesUser(person).go()
    person.window.workspace.go_to("test")
    person.type_destination(person.cloud.details.blocked_queue_url)
    verdict(person, CLOSED)
    user.go().choose(1).send(user.press(Command.APPLY))
    person.window.workspace.go_to("test")
    person.click(person.form.destination.mend_link)
    dialog = mend_dialog(person)
    change(person, dialog)
    assert dialog.undo.text() == "&Undo this change…"
    person.click(dialog.undo)
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    silent = "1 HIT type that is on tells this queue: it would go silent."
    assert dialog.outcome.text() == silent
    assert not dialog.test.isVisible()
    dialog = take_back(person)
    assert dialog.outcome.text() == (
        "Taken back and read back: the access policy is what it was before. 1 HIT type that is on tells this queue: "
        "it is silent now."
    )
    assert dialog.outcome.tone is Tone.BEWARE
    assert not dialog.undo.isVisible()
    assert not dialog.test.isVisible()
    person.click(dialog.cancel)
    assert verdict(person, CLOSED) is Tone.BAD


def test_a_policy_changed_meanwhile_is_not_written_over(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    verdict(person, CLOSED)
    view = findings(person)
    (button,) = [card.button for card in view.findings.cards if card.button is not None]
    person.click(button)
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    opened = person.desktop.program.current
    assert opened is not None
    name = dialog.destination.name
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": "sqs:ReceiveMessage",
                "Resource": f"arn:aws:sqs:us-east-1:111122223333:{name}",
            }
        ],
    }
    opened.clients.sqs().set_queue_attributes(
        QueueUrl=dialog.destination.text, Attributes={"Policy": json.dumps(policy)}
    )
    person.click(dialog.change)
    person.until(dialog.problem.isVisible)
    assert dialog.problem.title.text() == "The policy has changed meanwhile."
    assert not dialog.change.isVisible()
    person.click(dialog.problem.buttons["look"])
    change(person, dialog)
    person.click(dialog.cancel)
    person.until(lambda: view.verdict.text().startswith("Good."))
    person.click(view.close_button)
    assert person.send().is_good


def test_what_could_not_be_read_is_read_again_with_one_press(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    assert verdict(person, CLOSED) is Tone.BAD
    destination = person.form.destination.destination()
    assert destination is not None
    person.cloud.set_faults(Faults(no_network=True))
    person.checkup.mend(destination)
    dialog = mend_dialog(person)
    person.until(dialog.problem.isVisible)
    assert not dialog.change.isVisible()
    person.cloud.set_faults(Faults())
    person.click(dialog.problem.buttons["look"])
    person.until(dialog.change.isVisible)
    assert not dialog.problem.isVisible()
    dialog.reject()


def test_what_the_program_can_do_about_a_finding_is_a_button_below_it(person: Person) -> None:
    person.cloud.set_faults(Faults(unlinked=True))
    person.until(person.form.destination.findings_link.isVisible)
    view = findings(person)
    person.click(view.check)
    person.until(lambda: view.check.isEnabled() and view.findings.is_complete)
    (card,) = [one for one in view.findings.cards if one.finding.id == "account.link"]
    assert [one.text() for one in card.remedies] == ["Open the page to link it"]
    person.until(card.remedies[0].isVisible)
    person.click(card.remedies[0])
    person.until(lambda: person.checkup.view is None)
    assert person.window.workspace.problems.title.text() == "No page is known where this account is linked."


def test_what_may_not_be_changed_is_said_in_place(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    verdict(person, CLOSED)
    person.checkup.open_findings()
    view = person.checkup.view
    assert view is not None
    view.mend_requested.emit()
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    person.cloud.set_faults(Faults(denied_actions=("sqs:SetQueueAttributes",)))
    person.click(dialog.change)
    person.until(dialog.problem.isVisible)
    assert dialog.change.isVisible(), "it can be tried again once it is allowed"
    assert not dialog.undo.isVisible()
    dialog.reject()
    assert person.checkup.mend_dialog is None


def test_a_throwaway_queue_tells_that_the_rest_works(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    person.click(person.result.problem.buttons["throw-away"])
    wait_for_test(person)
    assert states(person) == GREEN
    assert not person.result.problem.isVisible()
    assert "Mechanical Turk works" in person.result.notes.text()
    assert not person.result.use.isVisible(), "its queue is gone"
    assert not person.result.copies.isVisible()
    assert person.form.destination.text() == person.cloud.details.blocked_queue_url


@pytest.mark.parametrize(
    ("name", "text", "tone"),
    [
        pytest.param("queue_url", GOOD_QUEUE, Tone.GOOD, id="good"),
        pytest.param("blocked_queue_url", CLOSED, Tone.BAD, id="blocked"),
        pytest.param("", "The queue does not exist.", Tone.BAD, id="missing"),
        pytest.param("topic_arn", "Topic found in your account", Tone.GOOD, id="topic"),
        pytest.param("email", "Mechanical Turk may no longer send e-mail.", Tone.BEWARE, id="e-mail"),
    ],
)
def test_the_quiet_verdict(person: Person, name: str, text: str, tone: Tone) -> None:
    address = getattr(person.cloud.details, name) if name else f"{person.cloud.details.queue_url}-gone"
    transport = {"topic_arn": Transport.SNS, "email": Transport.EMAIL}.get(name, Transport.SQS)
    person.click(person.form.choice.button(transport.value))
    person.type_destination(address)
    assert verdict(person, text) is tone
    assert text in person.form.destination.edit.accessibleDescription()


def test_what_may_not_be_looked_at_is_grey(person: Person) -> None:
    person.cloud.set_faults(Faults(denied_actions=("sqs:GetQueueAttributes",)))
    person.type_destination(f"{person.cloud.details.queue_url} ")
    person.checkup.quiet.again()
    assert verdict(person, "Cannot tell: ") is Tone.UNKNOWN


def test_the_findings_can_be_sent_to_somebody(person: Person, tmp_path: Path) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    verdict(person, CLOSED)
    view = findings(person)
    person.click(view.check)
    person.until(lambda: view.findings.is_complete and len(view.findings.cards) > 15)
    assert view.findings.cards[0].accessibleName() == f"Broken: {CLOSED}"
    person.click(view.copy)
    assert "[broken] " + CLOSED in person.clipboard()
    assert person.cloud.details.secret_access_key not in person.clipboard()
    person.click(view.save)
    give_file(tmp_path / "report.html", view)
    person.until(lambda: "saved" in view.note.text)
    assert CLOSED in (tmp_path / "report.html").read_text(encoding="utf-8")
    view.save_requested.emit(str(tmp_path / "nowhere" / "report.html"))
    person.until(view.problem.isVisible)
    person.click(view.administrator)
    dialog = person.checkup.administrator_dialog
    assert dialog is not None
    person.click(dialog.copy_policy)
    assert "mechanicalturk:SendTestEventNotification" in person.clipboard()
    assert "practice-blocked" in person.clipboard()
    person.click(dialog.close_button)
    person.click(view.close_button)


def choose(person: Person, text: str) -> None:
    """Take an entry of the list beside the destination."""
    (action,) = [one for one in person.form.destination.choose.menu().actions() if one.text() == text]
    action.trigger()


def test_a_queue_that_is_not_there_is_made_and_tried(person: Person) -> None:
    address = f"{person.cloud.details.queue_url}-new"
    person.type_destination(address)
    verdict(person, "The queue does not exist.")
    view = findings(person)
    (button,) = [card.button for card in view.findings.cards if card.button is not None]
    person.click(button)
    dialog = person.checkup.destinations.new_dialog
    assert dialog is not None
    assert dialog.name.text() == address.rpartition("/")[2]
    person.click(dialog.make)
    person.until(dialog.test.isVisible)
    assert dialog.outcome.tone is Tone.GOOD
    person.click(dialog.test)
    wait_for_test(person)
    assert states(person) == GREEN
    assert person.checkup.view is None
    assert person.form.destination.text() == address
    assert verdict(person, GOOD_QUEUE) is Tone.GOOD


def test_a_topic_is_made_from_the_list(person: Person) -> None:
    person.click(person.form.choice.button(Transport.SNS.value))
    choose(person, "&Create a topic…")
    dialog = person.checkup.destinations.new_dialog
    assert dialog is not None
    dialog.name.setText("no blanks please")
    person.click(dialog.make)
    person.until(dialog.note.isVisible)
    dialog.name.setText("practice-topic")
    person.click(dialog.make)
    person.until(lambda: "already" in dialog.note.text)
    dialog.name.setText("lab-news")
    person.click(dialog.make)
    person.until(dialog.test.isVisible)
    assert dialog.outcome.tone is Tone.BEWARE, "nobody is subscribed yet"
    person.click(dialog.cancel)
    assert person.form.destination.text().endswith(":lab-news")
    assert verdict(person, "Nobody is subscribed to this topic.") is Tone.BAD


def test_a_topic_that_nobody_is_subscribed_to_is_nowhere_called_working(person: Person) -> None:
    person.click(person.form.choice.button(Transport.SNS.value))
    choose(person, "&Create a topic…")
    dialog = person.checkup.destinations.new_dialog
    assert dialog is not None
    dialog.name.setText("lab-lonely")
    person.click(dialog.make)
    person.until(dialog.test.isVisible)
    person.click(dialog.test)
    wait_for_test(person)

    result = person.result
    assert result.way.headline.text() == "It comes out of the topic; nobody is subscribed to it"
    assert [link.passage for link in result.way.view.way.links][-1] is Passage.BROKEN
    assert result.way.view.way.stations[-1].passage is Passage.NOT_YET
    assert not result.use.isVisible()
    assert result.problem.isVisible()
    line = person.page.findChild(QLabel, "standing")
    assert line is not None
    person.until(lambda: "gets through to lab-lonely, but not as expected" in line.text())
    assert "works" not in line.text()
    history = person.history()
    person.until(lambda: history.model.rowCount() > 0)
    row = history.model.index(0, 0).data(ROW_ROLE)
    assert row.outcome is Outcome.BAD


def test_what_may_not_be_made_is_said_in_place(person: Person) -> None:
    person.cloud.set_faults(Faults(denied_actions=("sqs:CreateQueue",)))
    choose(person, "&Create a queue…")
    dialog = person.checkup.destinations.new_dialog
    assert dialog is not None
    person.click(dialog.make)
    person.until(dialog.problem.isVisible)
    assert "sqs:CreateQueue" in dialog.problem.remedy.text()
    dialog.reject()
    assert person.checkup.destinations.new_dialog is None


def test_throwaway_queues_are_listed_and_removed_by_hand(person: Person) -> None:
    opened = person.desktop.program.current
    assert opened is not None
    names = [f"{NAME_PREFIX}{letter * 12}" for letter in "ab"]
    for name in names:
        opened.clients.sqs().create_queue(QueueName=name)
    choose(person, "&Throw-away queues…")
    dialog = person.checkup.destinations.throwaways_dialog
    assert dialog is not None
    person.until(lambda: dialog.list.topLevelItemCount() == len(names))
    assert not dialog.remove.isEnabled(), "nothing is checked that may be in use"
    item = dialog.list.topLevelItem(0)
    assert item is not None
    item.setCheckState(0, Qt.CheckState.Checked)
    person.click(dialog.remove)
    person.until(lambda: dialog.list.topLevelItemCount() == 1)
    assert dialog.note.text.startswith("Removed: 1.")
    person.cloud.set_faults(Faults(denied_actions=("sqs:DeleteQueue",)))
    item = dialog.list.topLevelItem(0)
    assert item is not None
    item.setCheckState(0, Qt.CheckState.Checked)
    person.click(dialog.remove)
    person.until(dialog.problem.isVisible)
    assert dialog.list.topLevelItemCount() == 1
    person.cloud.set_faults(Faults())
    item = dialog.list.topLevelItem(0)
    assert item is not None
    item.setCheckState(0, Qt.CheckState.Checked)
    person.click(dialog.remove)
    person.until(lambda: dialog.list.topLevelItemCount() == 0)
    assert "There is none." in dialog.state.text()
    person.click(dialog.close_button)
    assert opened.clients.sqs().list_queues(QueueNamePrefix=NAME_PREFIX).get("QueueUrls", []) == []


def test_what_was_removed_is_said_where_the_list_cannot_be_made_anew(person: Person) -> None:
    opened = person.desktop.program.current
    assert opened is not None
    opened.clients.sqs().create_queue(QueueName=f"{NAME_PREFIX}{'a' * 12}")
    choose(person, "&Throw-away queues…")
    dialog = person.checkup.destinations.throwaways_dialog
    assert dialog is not None
    person.until(lambda: dialog.list.topLevelItemCount() == 1)
    person.cloud.set_faults(Faults(denied_actions=("sqs:ListQueues",)))
    item = dialog.list.topLevelItem(0)
    assert item is not None
    item.setCheckState(0, Qt.CheckState.Checked)
    person.click(dialog.remove)
    person.until(dialog.problem.isVisible)
    assert "sqs:ListQueues" in dialog.problem.remedy.text()
    assert dialog.note.text.startswith("Removed: 1.")
    assert dialog.list.topLevelItemCount() == 0
    person.cloud.set_faults(Faults())
    assert opened.clients.sqs().list_queues(QueueNamePrefix=NAME_PREFIX).get("QueueUrls", []) == []


def test_findings_are_shown_as_they_are_known(person: Person) -> None:
    verdict(person, GOOD_QUEUE)
    view = findings(person)
    current, goes_on = person.desktop.program.current, threading.Event()
    assert current is not None

    def hold(**_: object) -> None:
        goes_on.wait()

    current.clients.mturk.meta.events.register("before-call.mturk", hold)
    try:
        person.click(view.check)
        person.until(lambda: any(card.finding.id == "queue.exists" for card in view.findings.cards))
        assert view.verdict.text().startswith("Looking…")
        assert not any(card.finding.id == "account.test" for card in view.findings.cards)
        early = {card.finding.id: card for card in view.findings.cards}
    finally:
        goes_on.set()
    person.until(lambda: view.verdict.text().startswith("Good.") and view.findings.is_complete)
    cards = {card.finding.id: card for card in view.findings.cards}
    assert "account.test" in cards
    assert all(cards[name] is card for name, card in early.items()), "what is in sight stays"
    assert view.report is not None
    assert [card.finding for card in view.findings.cards] == list(view.report.findings)
    person.click(view.close_button)


def test_a_change_of_destination_drops_what_was_found(person: Person) -> None:
    verdict(person, GOOD_QUEUE)
    person.type_destination("not an address")
    assert GOOD_QUEUE not in person.form.destination.verdict()
    assert person.checkup.quiet.report is None


def result_title(person: Person) -> str:
    title = person.page.findChild(QLabel, "result-title")
    assert isinstance(title, QLabel)
    return title.text()


def test_the_red_card_is_over_once_it_is_mended_and_the_way_back_stays(person: Person) -> None:
    blocked, card, field = person.cloud.details.blocked_queue_url, person.result.problem, person.form.destination
    person.type_destination(blocked)
    person.send()
    person.click(card.buttons["mend"])
    dialog = mend_dialog(person)
    change(person, dialog)
    person.click(dialog.cancel)
    assert person.checkup.mend_dialog is None
    assert "mend" not in card.buttons
    assert card.title.text() == "The destination was changed after this test."
    assert card.tone is not Tone.BAD
    assert CLOSED in card.detail.text(), "what the test found is not hidden"
    assert result_title(person) == "Result before your changes"

    assert field.undo_link.isVisible()
    person.type_destination(person.cloud.details.queue_url)
    assert not field.undo_link.isVisible(), "it was not changed here"
    person.type_destination(blocked)
    assert field.undo_link.isVisible()
    person.desktop.program.open(person.desktop.program.wanted)  # the same account, chosen once more
    person.until_open()
    person.click(field.undo_link)
    dialog = take_back(person)
    assert "read back" in dialog.outcome.text()
    person.click(dialog.cancel)
    assert not field.undo_link.isVisible()
    assert card.title.text() == CLOSED
    assert "mend" in card.buttons
    assert result_title(person) == "Result"


def test_what_was_put_back_elsewhere_is_taken_back_and_offers_no_way_back_any_more(person: Person) -> None:
    current, blocked = person.desktop.program.current, person.cloud.details.blocked_queue_url
    assert current is not None
    person.type_destination(blocked)
    person.send()
    card, undo = person.result.problem, person.form.destination.undo_link
    person.click(card.buttons["mend"])
    change(person, mend_dialog(person))
    person.click(mend_dialog(person).cancel)
    assert result_title(person) == "Result before your changes"
    current.clients.sqs().set_queue_attributes(QueueUrl=blocked, Attributes={"Policy": ""})  # in the console
    person.click(undo)
    dialog = mend_dialog(person)
    person.until(dialog.problem.isVisible)
    assert "is what it was before this change already" in dialog.problem.detail.text()
    assert not dialog.change.isVisible()
    person.click(dialog.cancel)
    assert not undo.isVisible()
    assert card.title.text() == CLOSED
    assert result_title(person) == "Result"


def test_a_result_is_not_current_where_nobody_knows_whether_the_change_was_taken_back(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    card, undo = person.result.problem, person.form.destination.undo_link
    person.click(card.buttons["mend"])
    change(person, mend_dialog(person))
    person.click(mend_dialog(person).cancel)

    def lost(queue: Queue, policy: str) -> None:
        problem = Problem(title="No answer.", detail="", remedy="", code="network.lost", cause=Cause.NO_NETWORK)
        raise ProblemError(problem, perhaps_done=True)

    with monkeypatch.context() as broken:
        broken.setattr(mend, "READ_BACK_SECONDS_IF_LOST", 0.0)
        broken.setattr(Queue, "set_policy", lost)
        person.click(undo)
        dialog = mend_dialog(person)
        person.until(dialog.change.isVisible)
        person.click(dialog.change)
        person.until(lambda: dialog.outcome.text().startswith("Whether it was changed is not known"))
        person.click(dialog.cancel)
    assert result_title(person) == "Result before your changes", "the policy is mended still"
    person.click(undo)
    person.click(take_back(person).cancel)
    assert result_title(person) == "Result"


def test_a_green_result_is_older_than_the_way_back(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    person.click(person.result.problem.buttons["mend"])
    change(person, mend_dialog(person))
    person.click(mend_dialog(person).test)
    wait_for_test(person)
    assert states(person) == GREEN
    assert person.result.use.isVisible()
    assert person.result.sets_nothing.isVisible()
    assert person.result.sets_nothing.text().startswith("A test sets nothing: next, ")
    person.click(person.form.destination.undo_link)
    dialog = take_back(person)
    assert "read back" in dialog.outcome.text()
    dialog.reject()
    assert result_title(person) == "Result before your changes"
    assert not person.result.use.isVisible()
    assert not person.result.sets_nothing.isVisible()


def test_two_changes_are_taken_back_each_at_its_own_place(person: Person) -> None:
    current = person.desktop.program.current
    assert current is not None
    closed = current.clients.sqs().create_queue(QueueName="closed")["QueueUrl"]
    places = (person.cloud.details.blocked_queue_url, closed)
    undo = person.form.destination.undo_link
    for address in places:
        person.type_destination(address)
        person.checkup.mend(person.form.spec().destination)
        change(person, mend_dialog(person))
        mend_dialog(person).reject()
        assert undo.isVisible()
    for address in places:
        person.type_destination(address)
        person.click(undo)
        dialog = take_back(person)
        assert "read back" in dialog.outcome.text()
        dialog.reject()
        assert not undo.isVisible()


def test_a_queue_that_was_made_takes_the_red_card_back(person: Person) -> None:
    address = f"{person.cloud.details.queue_url}-new"
    person.type_destination(address)
    person.send()
    card = person.result.problem
    assert card.tone is Tone.BAD
    choose(person, "&Create a queue…")
    dialog = person.checkup.destinations.new_dialog
    assert dialog is not None
    dialog.name.setText(address.rpartition("/")[2])
    person.click(dialog.make)
    person.until(dialog.test.isVisible)
    person.click(dialog.cancel)
    assert person.result.problem.title.text() == "The destination was changed after this test."
    assert result_title(person) == "Result before your changes"


def test_the_result_of_a_throwaway_test_is_of_what_stands_in_the_form(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    person.click(person.result.problem.buttons["throw-away"])
    wait_for_test(person)
    assert states(person) == GREEN
    assert result_title(person) == "Result"
    person.type_destination(person.cloud.details.queue_url)
    assert result_title(person) == "Result before your changes"


def test_a_throwaway_test_that_failed_is_sent_again_in_the_same_way(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    person.cloud.set_faults(Faults(denied_actions=("mechanicalturk:SendTestEventNotification",)))
    person.click(person.result.problem.buttons["throw-away"])
    wait_for_test(person)
    assert result_title(person) == "Result"
    person.cloud.set_faults(Faults())
    person.click(person.result.problem.buttons["throw-away"])
    wait_for_test(person)
    assert states(person) == GREEN
    assert result_title(person) == "Result"

# SPDX-License-Identifier: MIT
"""Making a queue or topic that lets Mechanical Turk in, and removing the throw-away queues that tests left."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from notification_tester.domain.destination import Transport
from notification_tester.domain.problem import Cause, Problem, Remedy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.destination import QueueAddress, TopicAddress
    from notification_tester.qt.checkup.new_destination_dialog import NewDestinationDialog
    from notification_tester.qt.checkup.throwaways_dialog import ThrowawaysDialog
    from notification_tester.qt.session import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.sending.throwaway import Removed, TemporaryFound
    from notification_tester.services.session import Session


class DestinationsController(QObject):
    """Emits ``made(address as text)``, ``test_requested`` when what was made is to be tried, and ``closed`` when the
    dialog is gone after something was made.
    """

    made = Signal(str)
    test_requested = Signal()
    closed = Signal()
    remedy_requested = Signal(object)  # one of those that the window can do

    def __init__(self, program: Program, window: QWidget) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._opened: OpenAccount | None = None
        self.new_dialog: NewDestinationDialog | None = None
        self.throwaways_dialog: ThrowawaysDialog | None = None

    def follow(self, opened: OpenAccount | None) -> None:
        """Work for this account from now on; what is open goes on with its own."""
        self._opened = opened

    def leave(self) -> None:
        """Another account was asked for: what is open here belongs to the one before."""
        self.follow(None)
        self.close_all()

    def close_all(self) -> None:
        """Close what is open here."""
        for dialog in (self.new_dialog, self.throwaways_dialog):
            if dialog is not None:
                dialog.done(0)

    def open_new(self, transport: Transport, name: str = "", parent: QWidget | None = None) -> None:
        """Ask for the name of a new queue or topic."""
        opened = self._opened
        if opened is None or self.new_dialog is not None:
            return
        from notification_tester.qt.checkup.new_destination_dialog import NewDestinationDialog

        dialog = NewDestinationDialog(opened.account, transport, name=name, parent=parent or self._window.window())
        dialog.create_requested.connect(partial(self._create, opened, dialog))
        dialog.test_requested.connect(self.test_requested)
        dialog.remedy_requested.connect(self.remedy_requested)
        dialog.finished.connect(self._new_closed)
        self.new_dialog = dialog
        dialog.open()

    def open_throwaways(self) -> None:
        """Show what tests made and did not remove."""
        opened = self._opened
        if opened is None or self.throwaways_dialog is not None:
            return
        from notification_tester.qt.checkup.throwaways_dialog import ThrowawaysDialog

        dialog = ThrowawaysDialog(opened.account, self._window.window())
        dialog.look_requested.connect(partial(self._look, opened, dialog))
        dialog.remove_requested.connect(partial(self._remove, opened, dialog))
        dialog.remedy_requested.connect(self.remedy_requested)
        dialog.finished.connect(self._throwaways_closed)
        self.throwaways_dialog = dialog
        dialog.open()
        self._look(opened, dialog)

    def _create(self, opened: OpenAccount, dialog: NewDestinationDialog, name: str) -> None:
        def created(address: QueueAddress | TopicAddress) -> None:
            if self.new_dialog is dialog:
                self.made.emit(address.text)
                dialog.show_made(address)
            else:
                self._tell_later(opened, _was_made(address))

        def failed(problem: Problem) -> None:
            if self.new_dialog is dialog:
                dialog.show_problem(problem)
            else:
                self._tell_later(opened, problem)

        def work(session: Session) -> QueueAddress | TopicAddress:
            make = session.mend.create_queue if dialog.transport is Transport.SQS else session.mend.create_topic
            return make(opened, name)

        self._program.ask(work, done=created, failed=failed)

    def _look(self, opened: OpenAccount, dialog: ThrowawaysDialog) -> None:
        def found(queues: Sequence[TemporaryFound]) -> None:
            if self.throwaways_dialog is dialog:
                dialog.show_queues(queues)

        self._program.ask(
            lambda session: session.throwaway.found(opened),
            done=found,
            failed=partial(self._throwaways_failed, dialog),
        )

    def _remove(self, opened: OpenAccount, dialog: ThrowawaysDialog, queues: list[TemporaryFound]) -> None:
        def removed(what: Removed) -> None:
            if self.throwaways_dialog is dialog:
                left = {one.address for one in what.left}
                dialog.show_queues(what.left, removed=sum(one.address not in left for one in queues))
                if what.problem is not None:
                    dialog.show_problem(what.problem)
            elif what.problem is not None:
                self._tell_later(opened, what.problem)

        def failed(problem: Problem) -> None:
            if self.throwaways_dialog is dialog:
                dialog.show_problem(problem)
            else:
                self._tell_later(opened, problem)

        self._program.ask(lambda session: session.throwaway.remove_all(opened, queues), done=removed, failed=failed)

    def _tell_later(self, opened: OpenAccount, problem: Problem) -> None:
        """Its dialog is gone: said in the bar, as soon as its account is there again."""
        self._program.account_notice.emit(problem, opened.account)

    def _throwaways_failed(self, dialog: ThrowawaysDialog, problem: Problem) -> None:
        if self.throwaways_dialog is dialog:
            dialog.show_problem(problem)

    def _new_closed(self) -> None:
        dialog, self.new_dialog = self.new_dialog, None
        if dialog is not None:
            dialog.deleteLater()
            if dialog.made is not None:
                self.closed.emit()

    def _throwaways_closed(self) -> None:
        dialog, self.throwaways_dialog = self.throwaways_dialog, None
        if dialog is not None:
            dialog.deleteLater()


def _was_made(address: QueueAddress | TopicAddress) -> Problem:
    translate = QCoreApplication.translate
    title = (
        translate("DestinationsController", "The queue “{name}” was made.")
        if address.transport is Transport.SQS
        else translate("DestinationsController", "The topic “{name}” was made.")
    )
    return Problem(
        title=title.format(name=address.name),
        detail=translate(
            "DestinationsController", "It was there after another account had been opened. Its address is {address}."
        ).format(address=address.text),
        remedy=translate("DestinationsController", "Choose it beside the address on the page Test."),
        code="destination.made-later",
        cause=Cause.DESTINATION,
        remedies=(Remedy.OPEN_TEST,),
    )

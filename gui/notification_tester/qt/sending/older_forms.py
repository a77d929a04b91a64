# SPDX-License-Identifier: MIT
"""The form in older and in other words: opened by a button, by dropping something on it, and saved again."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from notification_tester.qt.notification.form_state import Sender
from notification_tester.qt.widgets.drops import Drops

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.specifications.imported import ImportedSpecification, WebReceiver
    from notification_tester.qt.background import Tasks
    from notification_tester.qt.notification.form_state import FormState
    from notification_tester.qt.sending.form import NotificationForm
    from notification_tester.qt.sending.import_dialog import ImportDialog
    from notification_tester.qt.sending.save_dialog import SaveDialog
    from notification_tester.services.accounts import OpenAccount


def filled(state: FormState, found: ImportedSpecification) -> FormState:
    """The form filled with what was opened; what it did not give stays empty, how long to wait stays as it is.

    A web receiver is one that this computer sends to.
    """
    event = found.test_event or (state.event if state.event in found.events else next(iter(found.events), state.event))
    state = replace(state, events=found.events, version=found.version, event=event)
    if found.receiver is not None:
        form = found.receiver.transport.value.split()[0].casefold()
        delivery = replace(state.delivery, to_web=True, web_address=found.receiver.address, web_form=form)
        return replace(state, sender=Sender.THIS_COMPUTER, delivery=delivery)
    transport = found.transport or state.transport
    return replace(
        state,
        transport=transport,
        destinations=MappingProxyType({**state.destinations, transport: found.destination}),
        delivery=replace(state.delivery, to_web=False),
    )


def _receiver(state: FormState) -> WebReceiver | None:
    """The web receiver of the form, where it is called as the older API did. Raises ProblemError for its address."""
    from notification_tester.domain.specifications.imported import WebReceiver, WebTransport
    from notification_tester.domain.web_address import parse_web_address

    try:
        transport = WebTransport(state.delivery.web_form.upper())
    except ValueError:
        return None
    return WebReceiver(transport=transport, address=parse_web_address(state.delivery.web_address).url)


class OlderForms(QObject):
    """Opens the two dialogs over ``page``; something that is dropped on ``target`` is opened as well.

    ``fill_requested(ImportedSpecification)`` for the form, ``set_requested(ImportedSpecification)`` for a HIT type,
    ``help_requested()`` for what became of the older API.
    """

    fill_requested = Signal(object)
    set_requested = Signal(object)
    help_requested = Signal()

    def __init__(self, tasks: Tasks, page: QWidget, target: QWidget) -> None:
        super().__init__(page)
        self._tasks = tasks
        self._page = page
        self.import_dialog: ImportDialog | None = None
        self.save_dialog: SaveDialog | None = None
        drops = Drops(target)
        drops.files_given.connect(lambda files: self.open().open_files(files))
        drops.text_given.connect(lambda text: self.open().open_text(text))

    def open(self) -> ImportDialog:
        """Ask for a text or a file."""
        if self.import_dialog is None:
            from notification_tester.qt.sending.import_dialog import ImportDialog

            self.import_dialog = dialog = ImportDialog(self._tasks, self._page.window())
            dialog.fill_requested.connect(self.fill_requested)
            dialog.set_requested.connect(self.set_requested)
            dialog.help_requested.connect(self.help_requested)
            dialog.finished.connect(self._import_closed)
            dialog.open()
        return self.import_dialog

    def save(self, opened: OpenAccount, form: NotificationForm) -> None:
        """Offer what the form says in the words of others. Raises ProblemError where it will not do."""
        from notification_tester.qt.sending.save_dialog import SaveDialog
        from notification_tester.services.saved_forms import receiver_forms, saved_forms

        state = form.state()
        if state.is_to_web and (receiver := _receiver(state)) is not None:
            forms = receiver_forms(receiver, state.version, state.events, state.event)
        else:
            forms = saved_forms(opened, form.spec(), state.event)
        self.save_dialog = dialog = SaveDialog(self._tasks, forms, self._page.window())
        dialog.finished.connect(self._save_closed)
        dialog.open()

    def leave(self) -> None:
        """Another account is opened: nothing of the one before stays in sight."""
        for dialog in (self.import_dialog, self.save_dialog):
            if dialog is not None:
                dialog.reject()

    def _import_closed(self) -> None:
        self.import_dialog = None

    def _save_closed(self) -> None:
        self.save_dialog = None

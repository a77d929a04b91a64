# SPDX-License-Identifier: MIT
"""Opens the account dialog, and asks the session for what is wanted in it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from notification_tester.domain.account import KeySource
from notification_tester.qt.looks.formatting import now_utc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.account import Account
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.accounts.dialog import AccountDialog
    from notification_tester.qt.accounts.form import AccountDraft
    from notification_tester.qt.session import Program

Answer = TypeVar("Answer")


class AccountsController(QObject):
    """``reapply_requested(Account, ids)`` when what was set for its HIT types with former keys is to be set again.

    ``help_requested()`` for where keys come from.

    At most one dialog is open. Of what comes after it was closed, the window says what could not be done."""

    reapply_requested = Signal(object, object)
    help_requested = Signal()

    def __init__(self, program: Program, window: QWidget) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._dialog: AccountDialog | None = None
        self._refused: dict[tuple[str, str], datetime] = {}  # by ``as_it_was_given``
        program.accounts_changed.connect(self._show_accounts)
        program.forgotten.connect(self._forget_refusal)

    def open(self, *, add: bool = False, replace_keys_of: str = "", change: str = "") -> AccountDialog:
        """Show the dialog, or bring it to the front.

        With its form for a new account, for other keys of the account of that name, or to change that.
        """
        if self._dialog is None:
            from notification_tester.qt.accounts.dialog import AccountDialog

            current = self._program.current.account.name if self._program.current is not None else ""
            dialog = self._dialog = AccountDialog(
                self._program.accounts, self._window, current=current, refused=self._refused
            )
            dialog.saved.connect(self._save)
            dialog.session_only_requested.connect(self._save_for_session)
            dialog.who_requested.connect(self._who)
            dialog.forget_requested.connect(self._forget)
            dialog.replace_keys_requested.connect(self._replace_keys)
            dialog.change_requested.connect(self._change)
            dialog.key_files_given.connect(self._look_for_keys)
            dialog.reapply_requested.connect(self.reapply_requested)
            dialog.help_requested.connect(self.help_requested)
            dialog.finished.connect(self._closed)
            self._program.profiles(
                done=partial(self._when_open, dialog, dialog.set_profiles),
                failed=partial(self._when_open, dialog, dialog.show_problem),
            )
        if add:
            self._dialog.add_account()
        elif replace_keys_of:
            self._dialog.replace_keys(replace_keys_of)
        elif change:
            self._dialog.change(change)
        self._dialog.open()
        self._dialog.raise_()
        return self._dialog

    def _save(self, draft: AccountDraft) -> None:
        dialog = self._dialog
        if dialog is None:
            return

        were_refused, now = dialog.form.were_refused, now_utc()

        def saved() -> None:
            dialog.set_accounts(self._program.accounts, current=draft.account.name)
            if were_refused:
                dialog.keep_refusal(now)

        self._program.add_account(
            draft.account,
            draft.credentials,
            done=partial(self._when_open, dialog, lambda _: saved(), None),
            failed=partial(self._not_saved, dialog),
            opens=not were_refused,
        )

    def _not_saved(self, dialog: AccountDialog, problem: Problem) -> None:
        """Say why where it was asked for; in the window where the dialog was closed over it."""
        if self._dialog is dialog:
            dialog.show_problem(problem)
        else:
            self._program.notice.emit(problem)

    def _save_for_session(self, draft: AccountDraft) -> None:
        self._save(replace(draft, account=replace(draft.account, source=KeySource.SESSION)))

    def _who(self, draft: AccountDraft) -> None:
        dialog = self._dialog
        if dialog is not None:
            self._program.who_am_i(
                draft.account,
                draft.credentials,
                done=partial(self._when_open, dialog, lambda identity: dialog.show_identity(identity, draft)),
                failed=partial(self._when_open, dialog, lambda problem: dialog.show_no_identity(problem, draft)),
            )

    def _forget(self, account: Account) -> None:
        dialog = self._dialog
        if dialog is not None:
            self._program.forget_account(account, failed=partial(self._not_done, dialog, account))

    def refused_at(self, account: Account) -> datetime | None:
        """When the keys of this account were refused, as long as that is the last that is known of them."""
        return self._refused.get(account.as_it_was_given)

    def keys_were_taken(self, account: Account) -> None:
        """A service took them: that they were refused is over."""
        self._refused.pop(account.as_it_was_given, None)

    def _forget_refusal(self, kept_as: str) -> None:
        for place in [one for one in self._refused if one[0] == kept_as]:
            del self._refused[place]

    def _replace_keys(self, draft: AccountDraft) -> None:
        dialog = self._dialog
        if dialog is None or draft.credentials is None:
            return
        self._program.replace_keys(
            draft.account,
            draft.credentials,
            done=partial(self._keys_replaced, dialog),
            failed=partial(self._not_done, dialog, draft.account),
        )

    def _keys_replaced(self, dialog: AccountDialog, account: Account) -> None:
        if self._dialog is dialog:
            dialog.show_keys_replaced(account)
            self._program.set_hit_types(
                account,
                done=partial(self._when_open, dialog, lambda ids: dialog.show_to_reapply(account, ids)),
            )

    def _change(self, before: Account, wanted: Account) -> None:
        dialog = self._dialog
        if dialog is not None:
            self._program.change_account(
                before,
                wanted,
                done=partial(self._when_open, dialog, dialog.show_changed),
                failed=partial(self._not_done, dialog, before),
            )

    def _look_for_keys(self, paths: Sequence[Path]) -> None:
        dialog = self._dialog
        if dialog is not None:
            self._program.keys_in_files(
                paths,
                done=partial(self._when_open, dialog, lambda taken: dialog.show_keys(taken.value, taken.said)),
                failed=partial(self._when_open, dialog, dialog.show_problem),
            )

    def _not_done(self, dialog: AccountDialog, account: Account, problem: Problem) -> None:
        """Say why beside the account that it is about; in the window where another one is in sight."""
        if self._dialog is dialog and dialog.is_about(account):
            dialog.show_problem(problem)
        else:
            self._program.notice.emit(problem)

    def _when_open(self, dialog: AccountDialog, show: Callable[[Answer], None], answer: Answer) -> None:
        """Hand an answer to the dialog that asked; one that was closed meanwhile wants it no more."""
        if self._dialog is dialog:
            show(answer)

    def _show_accounts(self) -> None:
        if self._dialog is not None:
            self._dialog.set_accounts(self._program.accounts)

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

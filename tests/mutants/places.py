# SPDX-License-Identifier: MIT
"""Where the program may be made wrong, which of it is chosen, and how a file is changed."""

from __future__ import annotations

import ast
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

PACKAGE = "gui/notification_tester"
SHARES = {"services": 32, "storage": 22, "cli": 16, "qt": 20, "domain": 8, "aws": 8, "practice": 6}
"""How many are made in each layer, where a fault would hurt a person most."""

LEAVE_OUT_A_CALL = "LeaveOutACall"
"""Ours: a statement that is nothing but a call is not made. All other names are those of Cosmic Ray."""

OPERATORS = re.compile(
    r"core/(AddNot|Replace(True|False|And|Or|Break|Continue)With\w+|ZeroIterationForLoop|NumberReplacer|ExceptionReplacer"
    r"|ReplaceUnaryOperator_Delete_Not|ReplaceBinaryOperator_(Add_Sub|Sub_Add|FloorDiv_Mul)"
    r"|ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is|In_NotIn|NotIn_In"
    r"|Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Lt_GtE|GtE_Lt|Gt_LtE|LtE_Gt))"
)
"""What somebody may write by mistake. Left out is what cannot run, as another sign for the ``*`` of a signature."""

_SMALL = {"0", "1", "2"}
"""Numbers that count. Others are measures, and one more or less of a measure is no fault that a person meets."""


Spot: TypeAlias = tuple[str, int, tuple[int, int], tuple[int, int]]
"""Name of the operator, how many of it come before in the module, and line and column of the start and the end."""


@dataclass(frozen=True, order=True)
class Mutant:
    """One change of one line. ``occurrence`` counts the places of the operator in its module, as Cosmic Ray does."""

    path: str
    line: int
    operator: str
    occurrence: int

    @property
    def name(self) -> str:
        """What is given to ``ONLY``."""
        return f"{self.path}:{self.line}:{self.operator}:{self.occurrence}"

    @property
    def layer(self) -> str:
        return self.path.partition("/")[0]


def spots(path: Path) -> Iterator[Spot]:
    """What Cosmic Ray finds in a module."""
    plugins = import_module("cosmic_ray.plugins")
    tree = import_module("cosmic_ray.ast")
    module = tree.get_ast_from_path(path)
    for name in filter(OPERATORS.fullmatch, plugins.operator_names()):
        operator = plugins.get_operator(name)()
        positions = (found for node in tree.ast_nodes(module) for found in operator.mutation_positions(node))
        for occurrence, (start, end) in enumerate(positions):
            yield name.removeprefix("core/"), occurrence, start, end


def all_places(package: Path, found_in: Callable[[Path], Iterable[Spot]] = spots) -> list[Mutant]:
    """Every place of every layer in ``package`` where somebody could meet a change."""
    found: list[Mutant] = []
    modules = [path for layer in SHARES for path in sorted((package / layer).rglob("*.py"))]
    for path in modules:
        text = path.read_text("utf-8")
        lines, tree, name = text.splitlines(), ast.parse(text), path.relative_to(package).as_posix()
        spared = list(_spared(tree))
        for operator, occurrence, start, end in found_in(path):
            measure = operator == "NumberReplacer" and (
                name.startswith("qt/") or lines[start[0] - 1][start[1] : end[1]] not in _SMALL
            )
            if not measure and not any(first <= start < last for first, last in spared):
                found.append(Mutant(name, start[0], operator, occurrence))
        found += [
            Mutant(name, call.lineno, LEAVE_OUT_A_CALL, 0)
            for call in _calls(tree)
            if not any(first <= (call.lineno, call.col_offset) < last for first, last in spared)
        ]
    return found


def sample(places: Iterable[Mutant], seed: int, shares: Mapping[str, int] = SHARES) -> list[Mutant]:
    """Choose by chance, each line as likely as any other of its layer, and not more than one on a line; in no order."""
    lines: dict[str, dict[tuple[str, int], list[Mutant]]] = defaultdict(lambda: defaultdict(list))
    for one in sorted(places):
        lines[one.layer][one.path, one.line].append(one)
    chance = random.Random(seed)
    chosen = [
        chance.choice(there)
        for layer, count in shares.items()
        for there in chance.sample(list(lines[layer].values()), min(count, len(lines[layer])))
    ]
    chance.shuffle(chosen)
    return chosen


def change(package: Path, mutant: Mutant, found_in: Callable[[Path], Iterable[Spot]] = spots) -> None:
    """Make the program in ``package`` wrong."""
    path = package / mutant.path
    if mutant.operator == "ExceptionReplacer":  # Cosmic Ray 8.7.0 itself fails at ``except (One, module.Another)``
        wanted = (mutant.operator, mutant.occurrence)
        start, end = next(spot[2:] for spot in found_in(path) if spot[:2] == wanted)
        lines = path.read_text("utf-8").splitlines(keepends=True)
        line = lines[start[0] - 1]
        lines[start[0] - 1] = f"{line[: start[1]]}NeverRaised{line[end[1] :]}"
        path.write_text("".join(lines), "utf-8")
        return
    if mutant.operator != LEAVE_OUT_A_CALL:
        operator = import_module("cosmic_ray.plugins").get_operator(f"core/{mutant.operator}")()
        import_module("cosmic_ray.mutating").apply_mutation(path, operator, mutant.occurrence)
        return
    lines = path.read_text("utf-8").splitlines(keepends=True)
    call = next(one for one in _calls(ast.parse("".join(lines))) if one.lineno == mutant.line)
    lines[call.lineno - 1 : call.end_lineno] = [" " * call.col_offset + "pass\n"]
    path.write_text("".join(lines), "utf-8")


def _calls(tree: ast.Module) -> Iterator[ast.Expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node


def _spared(tree: ast.Module) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where nothing is changed, since no person meets it: types, decorators, ``__repr__``, the log."""
    for node in ast.walk(tree):
        parts: Sequence[ast.AST | None] = ()
        if isinstance(node, ast.FunctionDef):
            parts = (node.returns, *node.decorator_list, *([node] if node.name == "__repr__" else []))
        elif isinstance(node, ast.ClassDef):
            parts = node.decorator_list
        elif isinstance(node, ast.arg | ast.AnnAssign):
            parts = (node.annotation,)
        elif isinstance(node, ast.If | ast.Call):
            told = ast.unparse(node.test if isinstance(node, ast.If) else node.func)
            parts = (node,) if re.fullmatch(r"TYPE_CHECKING|__name__ == .*|_?log(ging|ger)?\..*", told) else ()
        for part in parts:
            if isinstance(part, ast.expr | ast.stmt):
                yield (part.lineno, part.col_offset), (part.end_lineno or part.lineno, part.end_col_offset or 0)

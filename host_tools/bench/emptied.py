"""A kernel's module with its machine code taken out: what its wrappers cost can then be counted."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from functools import lru_cache

_parsing = threading.Lock()  # CPython 3.11 may miscount its recursion when threads parse at once


@lru_cache(maxsize=8)
def _parse(text: str) -> ast.Module:
    """A module's tree, parsed once for all the cases; not to be changed."""
    with _parsing:
        return ast.parse(text)


def exports(text: str) -> list[str]:
    """The routines of a kernel's module that the firmware may call."""
    names = [node.name for node in _parse(text).body if isinstance(node, ast.FunctionDef)]
    return [name for name in names if not name.startswith("_")]


def stub(text: str, emptied: Callable[[ast.FunctionDef], bool]) -> str:
    """The module with some functions emptied; they take their arguments and do nothing."""
    lines = text.splitlines()
    tree = _parse(text)
    for node in reversed(tree.body):
        if isinstance(node, ast.FunctionDef) and emptied(node):
            arguments = ", ".join(
                a.arg + ": " + (ast.unparse(a.annotation) if a.annotation else "ptr8")
                for a in node.args.args
            )
            start = min(d.lineno for d in node.decorator_list) - 1
            lines[start : node.end_lineno] = [
                "@micropython.viper",
                f"def {node.name}({arguments}) -> int:",
                "    return 1",
            ]
    return "\n".join(lines) + "\n"


def is_assembler(node: ast.FunctionDef) -> bool:
    """Whether a function is written in a chip's assembler."""
    return any("asm_" in ast.unparse(decorator) for decorator in node.decorator_list)

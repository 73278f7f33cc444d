"""Moves and paths of thieves in words."""

from __future__ import annotations

from typing import Final

from nhilab.metrics import paths as verb
from nhilab.metrics.nodes import ALL_GRANTS, CREDENTIAL, Node
from nhilab.metrics.paths import Move, Moves

_PHRASES: Final = {
    verb.BEGINS: "{node}:",
    verb.ENTERS: "gets onto {node}",
    verb.BRINGS: "comes in with {node}",
    verb.HOLDS: "and so onto {node}, inside it",
    verb.OPENS: "with {operation} gets onto {node}",
    verb.TAKES: "takes {node}",
    verb.USES: "uses {node} where it lies",
    verb.ATTESTS: "is given {node}",
    verb.SIGNS: "signs {node}",
    verb.MINTS: "mints with it {node}",
    verb.IMPERSONATES: "with {operation} mints {node}",
    verb.PLANTS: "with {operation} plants {node}",
}


def phrase(move: Move) -> str:
    """A move of a path in words.

    Parameters
    ----------
    move : Move

    Returns
    -------
    str

    Examples
    --------
    >>> phrase(Move("takes", "", Node(CREDENTIAL, "deployer", "sts-attested", "all-grants")))
    'takes a credential of deployer (sts-attested)'
    """
    return _PHRASES[move.verb].format(node=named(move.node), operation=move.operation)


def named(node: Node) -> str:
    """What a path leads through, in words.

    Parameters
    ----------
    node : Node

    Returns
    -------
    str

    Examples
    --------
    >>> named(Node(CREDENTIAL, "deployer", "sts-attested", "dev;read"))
    'a credential of deployer (sts-attested, only dev read)'
    """
    if node.kind != CREDENTIAL:
        return node.name
    kind = [node.stage] if node.stage else []
    if node.scope not in ("", ALL_GRANTS):
        kind.append(f"only {node.scope.replace(';', ' ')}")
    return f"a credential of {node.name}" + (f" ({', '.join(kind)})" if kind else "")


def path_words(path: Moves) -> str:
    """A path in one line.

    Parameters
    ----------
    path : Moves

    Returns
    -------
    str

    Examples
    --------
    >>> path_words((Move("begins", "", Node("entry", "runner")), Move("enters", "", Node("place", "host"))))
    'runner: gets onto host'
    """
    first, *others = map(phrase, path)
    return " ".join([first, ", ".join(others)]).rstrip()

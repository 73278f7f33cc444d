"""How far a thief gets on graphs one can count by hand."""

from __future__ import annotations

from nhilab.theory.domain import require_count, require_not_negative, require_positive

_SECOND = 1_000_000


def tree(branching: int, depth: int, *, hop: float, until: float) -> int:
    r"""Resources reached on a tree where every resource opens the place of the next ones.

    .. math:: \sum_{k=1}^{K} b^k, \quad K = \max\{k \le d : k\,h < u\}

    Parameters
    ----------
    branching : int
        :math:`b`, resources that the credential lying at each place opens. 1 makes a chain of ``depth``
        resources; a depth of 1 makes a star of ``branching`` resources.
    depth : int
        :math:`d`, levels below the entry.
    hop : float, s
        :math:`h`, from taking a credential to using it.
    until : float, s
        :math:`u`, from the entry to the end of the follow-up or to the last acceptance of every credential,
        whichever is first. The intervals are half-open: a try at :math:`u` comes too late.

    Returns
    -------
    int
        Distinct resources on which an operation worked, all reached at the earliest instants :math:`k h`.

    Raises
    ------
    ValueError
        If a count is below 1, ``hop`` is negative, or ``until`` is not positive and finite.

    Notes
    -----
    Source: ours, counted by hand. Level k opens at kh, where a new credential is taken and used h later;
    compared on whole microseconds, where ties are ties.
    Oracle: ``tests/unit/theory/test_reach.py::test_a_thief_walks_a_tree_one_hop_at_a_time``.

    Examples
    --------
    >>> tree(3, 2, hop=2.0, until=100.0), tree(3, 2, hop=2.0, until=4.0)
    (12, 3)
    """
    require_count(branching=branching, depth=depth)
    require_not_negative(hop=hop)
    require_positive(until=until)
    step, end = round(hop * _SECOND), round(until * _SECOND)
    levels = depth if step == 0 else min(depth, -(-end // step) - 1)
    return sum(branching**k for k in range(1, levels + 1))


def star(n_leaves: int, *, hop: float, until: float) -> int:
    r"""Resources reached from one place whose credential opens all of them and nothing more.

    .. math:: n \text{ if } h < u, \text{ else } 0

    Parameters
    ----------
    n_leaves : int
        :math:`n`, resources in the credential's scope.
    hop, until : float, s
        As for `tree`.

    Returns
    -------
    int
        Distinct resources on which an operation worked.

    Raises
    ------
    ValueError
        As `tree`.

    Notes
    -----
    Source: ours; the scope is used in parallel, one hop after the taking.
    Oracle: ``tests/unit/theory/test_reach.py::test_a_star_falls_at_once``.

    Examples
    --------
    >>> star(7, hop=2.0, until=100.0)
    7
    """
    return tree(n_leaves, 1, hop=hop, until=until)


def chain(n_links: int, *, hop: float, until: float) -> int:
    r"""Resources reached on a chain where each resource opens the place of the next credential.

    .. math:: \max\{k \le n : k\,h < u\}

    Parameters
    ----------
    n_links : int
        :math:`n`, resources in the chain.
    hop, until : float, s
        As for `tree`.

    Returns
    -------
    int
        Distinct resources on which an operation worked.

    Raises
    ------
    ValueError
        As `tree`.

    Notes
    -----
    Source: ours; link k is reached at kh, at the earliest.
    Oracle: ``tests/unit/theory/test_reach.py::test_a_chain_is_walked_until_the_credentials_die``.

    Examples
    --------
    >>> chain(10, hop=30.0, until=100.0)
    3
    """
    return tree(1, n_links, hop=hop, until=until)

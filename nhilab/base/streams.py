"""Named random streams: all chance comes from a seed and a purpose."""

from __future__ import annotations

import hashlib
import operator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nhilab.base.errors import InputError
from nhilab.base.quantities import FloatArray

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """Generator for one purpose, independent of every other purpose and of the order of asking.

    Parameters
    ----------
    seed : int
        The run's seed; 0 is a seed like any other.
    *purpose : str or int
        Name of what the chance decides, such as ``("arrivals", replication)``.

    Raises
    ------
    InputError
        If the seed is negative.
    TypeError
        If it is no whole number. None would be another chance each time.

    Examples
    --------
    >>> a, b = stream(0, "arrivals"), stream(0, "arrivals")
    >>> bool(a.random() == b.random())
    True
    """
    entropy = operator.index(seed)
    if entropy < 0:
        raise InputError("seed", "", seed, "a whole number from 0 on")
    plain = tuple(str(part) if isinstance(part, str) else int(part) for part in purpose)
    words = hashlib.sha256(repr(plain).encode()).digest()
    key = tuple(int.from_bytes(words[i : i + 4], "little") for i in range(0, 16, 4))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy, spawn_key=key)))


def keyed_uniform(key: NDArray[np.uint64], purpose: int) -> FloatArray:
    """Uniform variates in (0, 1) belonging to the rows that own the keys.

    The engine draws nothing: whatever a call triggers (an issuance of stage k, a revocation, …) takes its
    variate from the call's key and the purpose's number, so that strategies compared on one seed share it.

    Parameters
    ----------
    key : ndarray, shape (n,), uint64
        Random keys, one per row, drawn with the demand.
    purpose : int
        Which of the row's variates.

    Returns
    -------
    ndarray, shape (n,), float64
        SplitMix64 of key and purpose (Steele, Lea, Flood 2014), the top 52 bits plus a half.
    """
    with np.errstate(over="ignore"):
        z = key + _GOLDEN * np.uint64(purpose + 1)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(12)).astype(np.float64) + 0.5) / 2.0**52


_MASK: Final = (1 << 64) - 1


def derived_key(key: int, purpose: int) -> int:
    """SplitMix64 of a key and a purpose: the same number of 64 bits that `keyed_uniform` makes its variate of."""
    z = (key + int(_GOLDEN) * (purpose + 1)) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def one_uniform(key: int, purpose: int) -> float:
    """`keyed_uniform` of one key.

    Examples
    --------
    >>> one_uniform(7, 3) == float(keyed_uniform(np.array([7], np.uint64), 3)[0])
    True
    """
    return ((derived_key(key, purpose) >> 12) + 0.5) / 2.0**52

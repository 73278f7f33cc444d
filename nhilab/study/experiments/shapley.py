"""What each of several things that can be on or off is worth: Shapley values and two-level contrasts.

A combination is numbered by its bits: thing i is on in combination c where bit i of c is set.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from nhilab.base.quantities import FloatArray

ROUNDING: Final = 1e-12
"""Results smaller than this share of the largest value are rounding."""


def shapley_values(values: FloatArray) -> FloatArray:
    r"""Shapley value of each thing: what it adds, averaged over all orders in which all are switched on.

    .. math:: \phi_i = \sum_{S \not\ni i} \frac{|S|!\,(k - |S| - 1)!}{k!} \bigl(v(S \cup i) - v(S)\bigr)

    Parameters
    ----------
    values : ndarray, shape (n, 2**k), float64
        :math:`v` of every combination, row by row.

    Returns
    -------
    ndarray, shape (n, k), float64
        They add to :math:`v(\text{all}) - v(\text{none})`; exactly 0 for a thing that changes nothing.

    Notes
    -----
    Source: Shapley, *A value for n-person games* (1953). Oracle: the mean over all k! orders; checked by
    ``tests/unit/study/experiments/test_shapley.py``.

    Examples
    --------
    >>> shapley_values(np.array([[0.0, 1.0, 3.0, 10.0]]))
    array([[4., 6.]])
    """
    k = order(values)
    combinations = np.arange(2**k)
    found = np.empty((len(values), k))
    for i in range(k):
        without = combinations[combinations >> i & 1 == 0]
        weights = np.array([1 / (k * math.comb(k - 1, int(c).bit_count())) for c in without])
        found[:, i] = (values[:, without | 1 << i] - values[:, without]) @ weights
    return rounded(found, values)


def contrasts(values: FloatArray) -> FloatArray:
    r"""Main effects and interactions of all orders of a full two-level factorial.

    .. math:: e_S = 2^{1-k} \sum_T \Bigl(\prod_{i \in S} s_i(T)\Bigr) v(T), \quad
              s_i(T) = 1 \text{ if } i \in T \text{ else } -1

    Parameters
    ----------
    values : ndarray, shape (n, 2**k), float64
        :math:`v` of every combination, row by row.

    Returns
    -------
    ndarray, shape (n, 2**k), float64
        :math:`e_S`, numbered like the combinations: for one thing the mean of on minus off over the settings of the
        others, for two half of what the one's effect gains by the other, and so on. The first is the mean of all.

    Notes
    -----
    Source: Yates, *The design and analysis of factorial experiments* (1937); Box, Hunter & Hunter, *Statistics for
    experimenters* (2005), chapter 5. Differences are taken pair by pair, so they are exactly 0 where values are
    equal. Checked by ``tests/unit/study/experiments/test_shapley.py``.

    Examples
    --------
    >>> contrasts(np.array([[0.0, 1.0, 3.0, 10.0]]))
    array([[3.5, 4. , 6. , 3. ]])
    """
    k = order(values)
    found = values
    for i in range(k):
        pairs = found.reshape(len(values), -1, 2, 2**i)
        off, on = pairs[:, :, 0], pairs[:, :, 1]
        found = np.stack([(off + on) / 2, on - off], axis=2).reshape(values.shape)
    sizes = np.array([c.bit_count() for c in range(2**k)])
    return rounded(found / 2.0 ** np.maximum(sizes - 1, 0), values)


def order(values: FloatArray) -> int:
    """How many things there are, of the values of all their combinations.

    Examples
    --------
    >>> order(np.zeros((1, 8)))
    3
    """
    return len(values.T).bit_length() - 1


def rounded(found: FloatArray, values: FloatArray) -> FloatArray:
    """The same, with 0 for what is rounding beside the values it was made of.

    Examples
    --------
    >>> rounded(np.array([[1e-9, 1.0]]), np.array([[1e6]]))
    array([[0., 1.]])
    """
    return np.where(np.abs(found) <= ROUNDING * np.abs(values).max(axis=1, keepdims=True), 0.0, found)

"""Which keys a scenario file may have at a place, and which of them somebody who wrote another one meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel

SOME: Final = 12
"""Names that are listed where one is not known."""


def keys_at(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    """Keys known at a place, as files write them.

    Parameters
    ----------
    model : type of BaseModel
        What the whole file is.
    location : sequence of str and int
        As the validator names it, tags of alternatives included.

    Returns
    -------
    list of str
        Empty where there may be any.

    Notes
    -----
    Checked by ``tests/unit/scenario/test_refusal.py``.
    """
    here: list[Any] = [model]
    for part in location:
        here = [inside for one in here for inside in _step(one, part)] or here  # tags lead nowhere
    return [key for one in here if _is_model(one) for key in _keys(one)]


def meant(name: str, known: Iterable[str]) -> str:
    """The known names, the one nearest to what was written first: ``perhaps horizon; known here: question, …``.

    Examples
    --------
    >>> meant("horizont", ["question", "horizon"])
    'perhaps horizon; known here: question, horizon'
    """
    names = list(known)
    near = get_close_matches(name, names, n=1)
    listed = ", ".join(names)
    return f"perhaps {near[0]}; known here: {listed}" if near else f"known here: {listed}"


def one_of(name: str, known: Iterable[str]) -> str:
    """Names that could stand instead of one that is not known, the nearest of them named again.

    Examples
    --------
    >>> one_of("stss", ["sts", "vault"]), one_of("x", [])
    ('one of sts, vault; perhaps sts', 'none, there is none')
    """
    names = list(known)
    if not names:
        return "none, there is none"
    listed = ", ".join(names[:SOME]) + (f" and {len(names) - SOME} more" if len(names) > SOME else "")
    near = get_close_matches(name, names, n=1)
    return f"one of {listed}" + (f"; perhaps {near[0]}" if near else "")


def _step(kind: Any, part: int | str) -> Iterator[Any]:
    if _is_model(kind):
        for name, field in kind.model_fields.items():
            if part in (name, field.alias):
                yield from _alternatives(field.annotation)
        return
    origin, inside = get_origin(kind), get_args(kind)
    if origin is dict:
        yield from _alternatives(inside[1])
    elif origin is tuple and isinstance(part, int):
        yield from _alternatives(inside[0] if inside[-1] is ... else inside[min(part, len(inside) - 1)])


def _alternatives(kind: Any) -> Iterator[Any]:
    """What a value may be: members of unions one by one, without what only describes them."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _alternatives(get_args(kind)[0])
    elif origin in (Union, UnionType):
        for member in get_args(kind):
            yield from _alternatives(member)
    elif kind is not NoneType:
        yield kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]

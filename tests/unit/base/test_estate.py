from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from nhilab.base import estate
from nhilab.base.estate import Estate, Expiry, Grants, Identities, Isolation, LayerKind, Layers, Places, When
from nhilab.base.quantities import NEVER
from nhilab.base.tables import Table

KINDS = [value for value in vars(estate).values() if isinstance(value, type) and issubclass(value, Table)]
TABLES = [kind for kind in KINDS if kind is not Table]


def small(identities: list[str], grants: list[tuple[int, int]]) -> Estate:
    who, what = [g[0] for g in grants], [g[1] for g in grants]
    empty = {f.name: KIND_OF[f.name].empty() for f in dataclasses.fields(Estate)}
    given = {
        "identities": Identities(name=np.array(identities, np.str_)),
        "grants": Grants(identity=np.array(who, np.int32), permission=np.array(what, np.int32)),
    }
    return Estate(**(empty | given))  # type: ignore[arg-type]


KIND_OF = {kind.__name__.lower(): kind for kind in TABLES} | {"copies_to": estate.CopiesTo}


def test_an_estate_lists_its_tables_in_declared_order() -> None:
    tables = small(["a"], []).tables()
    assert list(tables) == [f.name for f in dataclasses.fields(Estate)]
    assert {type(table) for table in tables.values()} == set(TABLES)


def test_an_identity_holds_the_grants_of_its_own_rows() -> None:
    built = small(["a", "b", "c", "d"], [(0, 2), (0, 5), (2, 1), (2, 4), (2, 7)])
    assert [built.granted(i).tolist() for i in range(4)] == [[2, 5], [], [1, 4, 7], []]
    assert built.granted(0).dtype == np.int32


def test_grant_starts_cut_the_grants_by_identity() -> None:
    built = small(["a", "b", "c", "d"], [(0, 2), (0, 5), (2, 1), (2, 4), (2, 7)])
    starts = built.grant_starts()
    assert starts.tolist() == [0, 2, 2, 5, 5]
    assert starts.dtype == np.int64
    assert small([], []).grant_starts().tolist() == [0]


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.__name__)
def test_every_column_says_what_it_means(kind: type[Table]) -> None:
    for field in dataclasses.fields(kind):
        assert field.metadata["meaning"], field.name
        assert field.metadata["unit"] in ("", "µs"), field.name
        assert (field.metadata["unit"] == "µs") <= (field.metadata["dtype"] == "i8"), field.name


def test_a_place_without_further_mechanisms_is_neutral() -> None:
    place = Places(name=np.array(["a"]), kind=np.array(["host"]))
    assert place.isolation.tolist() == [Isolation.SHARED]
    assert place.slots.tolist() == place.inside.tolist() == place.log.tolist() == [-1]
    assert place.residue.tolist() == [0]
    assert place.scanner_delay.tolist() == [NEVER]
    assert place.logs_token_probability.tolist() == [0.0]


def test_a_layer_without_further_mechanisms_delays_nothing() -> None:
    layer = Layers(verifier=np.array([0], np.int32))
    lengths = ("ttl", "tick", "stale_for", "period", "phase", "delay", "lag")
    assert {name: layer.columns()[name].sum() for name in lengths} == dict.fromkeys(lengths, 0)
    assert layer.kind.tolist() == [LayerKind.CACHE]
    assert layer.expiry.tolist() == [Expiry.WRITE]


def test_numbers_of_kinds_are_those_the_columns_document() -> None:
    assert [k.name for k in Isolation] == ["SHARED", "SLOT", "TASK"]
    assert [k.name for k in When] == ["NOW", "NEXT_TASK"]
    assert [k.name for k in LayerKind] == ["CACHE", "POLL", "PUSH", "REPLICA"]
    assert [k.name for k in Expiry] == ["WRITE", "ACCESS"]
    assert [int(k) for kinds in (Isolation, When, LayerKind, Expiry) for k in kinds] == [
        0,
        1,
        2,
        0,
        1,
        0,
        1,
        2,
        3,
        0,
        1,
    ]

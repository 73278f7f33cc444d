"""Exact laws of campaigns on one fixed ledger without response: monotone, shift with time, blind to row numbers.

Each law is tried on ledgers drawn at random and on ledgers of runs of random scenarios.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import entrances, ledgers, thieves, without_ties

from nhilab.base.estate import Isolation
from nhilab.base.quantities import NEVER, SECOND, IntArray, add
from nhilab.base.tables import Table
from nhilab.campaign.draw import draw_entrances
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay, replay_entrances
from nhilab.ledger.acceptance import accept_until, dead_at, honoured_until
from nhilab.ledger.compromises import Compromises, Entries, StepKind
from nhilab.ledger.tables import Binding, Ledger
from scenarios import runs, share


@dataclass(frozen=True)
class Case:
    """Thieves on a ledger, by given entrances."""

    ledger: Ledger
    entrances: Entrances
    hop_time: int

    def replayed(self, **changes: Any) -> Compromises:
        """What they find, some of the case's fields changed."""
        case = dataclasses.replace(self, **changes)
        n = int(case.entrances.entry.max(initial=0)) + 1
        entries = Entries.of(name=np.array(["way in"] * n), technique=np.array(["T1552"] * n), weight=[1.0] * n)
        return replay_entrances(case.ledger, case.entrances, entries, hop_time=case.hop_time)


@st.composite
def drawn(draw: Any, source: st.SearchStrategy[Ledger] | None = None) -> Case:
    """One thief on a random ledger."""
    ledger = draw(ledgers() if source is None else source)
    thief = draw(thieves())
    ledger = dataclasses.replace(ledger, follow_up=thief["follow_up"])
    columns = {name: [value] for name, value in draw(entrances(ledger)).items()}
    return Case(ledger, Entrances.of(entry=[0], **columns), thief["hop_time"])


@st.composite
def run_and_robbed(draw: Any) -> Case:
    """Four thieves on the ledger of a random scenario, where its threat sends them."""
    scenario, ledger = draw(runs())
    ways = draw_entrances(ledger, scenario.threat, n=4, seed=draw(st.integers(0, 9)))
    return Case(ledger, ways, scenario.threat.hop_time)


def cases() -> st.SearchStrategy[Case]:
    return drawn() | drawn() | run_and_robbed()


def reached(found: Compromises) -> dict[tuple[int, int], tuple[int, int]]:
    """(campaign, resource) to when it first worked and how long it was held."""
    r = found.reached
    keys = zip(r.campaign.tolist(), r.resource.tolist(), strict=True)
    return dict(zip(keys, zip(r.reached_at.tolist(), r.held_time.tolist(), strict=True), strict=True))


def taken(found: Compromises) -> dict[tuple[int, int], tuple[int, int]]:
    """(campaign, credential) to when it was taken and until when it is honoured."""
    t = found.taken
    keys = zip(t.campaign.tolist(), t.credential.tolist(), strict=True)
    return dict(zip(keys, zip(t.taken_at.tolist(), t.honoured_until.tolist(), strict=True), strict=True))


def assert_at_least(more: Compromises, less: Compromises, *, credentials: bool = True) -> None:
    """No campaign of `more` reaches less, later or for a shorter time, or loses access earlier."""
    assert (more.campaigns.access_until >= less.campaigns.access_until).all()
    assert (more.campaigns.exposure_until >= less.campaigns.exposure_until).all()
    for found in (reached, taken) if credentials else (reached,):
        wide, narrow = found(more), found(less)
        assert narrow.keys() <= wide.keys()
        for key, (at, length) in narrow.items():
            assert wide[key][0] <= at and wide[key][1] >= length
    assert (more.campaigns.resource_seconds >= less.campaigns.resource_seconds - 1e-9).all()
    assert (more.campaigns.crown_jewel_at <= less.campaigns.crown_jewel_at).all()
    assert (more.campaigns.environments >= less.campaigns.environments).all()
    assert (more.campaigns.persistent >= less.campaigns.persistent).all()


def changed(table: Any, **columns: Any) -> Any:
    return dataclasses.replace(table, **columns)


def with_credentials(ledger: Ledger, **columns: Any) -> Ledger:
    return dataclasses.replace(ledger, credentials=changed(ledger.credentials, **columns))


def with_estate(ledger: Ledger, **tables: Any) -> Ledger:
    return dataclasses.replace(ledger, estate=dataclasses.replace(ledger.estate, **tables))


def with_layer(ledger: Ledger, verifier: int, ttl: int, *, nearest_issuer: bool) -> Ledger:
    """The ledger with one more cache before a verifier."""
    layers = ledger.estate.layers
    at = 0 if nearest_issuer else len(layers)
    neutral = {f.name: f.metadata["neutral"] for f in dataclasses.fields(layers)}
    row = neutral | {"verifier": verifier, "ttl": ttl}
    columns = {name: np.insert(values, at, row[name]) for name, values in layers.columns().items()}
    return with_estate(ledger, layers=type(layers)(**columns))


def with_leeway(ledger: Ledger, verifier: int, more: int) -> Ledger:
    leeway = ledger.estate.verifiers.leeway.copy()
    leeway[verifier] += more
    return with_estate(ledger, verifiers=changed(ledger.estate.verifiers, leeway=leeway))


def some_verifier(data: st.DataObject, ledger: Ledger) -> int:
    return data.draw(st.integers(0, len(ledger.estate.verifiers) - 1))


def some_credential(data: st.DataObject, ledger: Ledger) -> int:
    assume(len(ledger.credentials) > 0)
    return data.draw(st.integers(0, len(ledger.credentials) - 1))


def more_time(data: st.DataObject) -> int:
    return data.draw(st.integers(0, 40) | st.integers(0, 400 * SECOND))


# Layers and leeway -----------------------------------------------------------------------------------------


@share(30)
@given(cases(), st.data())
def test_a_cache_more_never_shortens_what_is_honoured_nor_shrinks_any_campaign(case: Case, data: Any) -> None:
    verifier = some_verifier(data, case.ledger)
    more = with_layer(case.ledger, verifier, more_time(data), nearest_issuer=data.draw(st.booleans()))
    for until in (accept_until, honoured_until, dead_at):
        assert (until(more) >= until(case.ledger)).all()
    assert_at_least(case.replayed(ledger=more), case.replayed())


@share(30)
@given(cases(), st.data())
def test_more_leeway_never_shortens_what_is_honoured_nor_shrinks_any_campaign(case: Case, data: Any) -> None:
    more = with_leeway(case.ledger, some_verifier(data, case.ledger), more_time(data))
    for until in (accept_until, honoured_until, dead_at):
        assert (until(more) >= until(case.ledger)).all()
    assert_at_least(case.replayed(ledger=more), case.replayed())


def test_a_cache_delays_a_revocation_by_its_ttl_and_no_expiry() -> None:
    from reference.slow_world import World

    world = World()
    world.verifier((), self_contained=False)
    world.identity(world.permission(0))
    world.stage(30)
    world.credential(expires=30, revoked_at=10)
    world.credential(expires=15, revoked_at=10)
    ledger = world.ledger()
    assert honoured_until(ledger).tolist() == [10, 10]
    assert honoured_until(with_layer(ledger, 0, 7, nearest_issuer=True)).tolist() == [17, 15]


# The thief -------------------------------------------------------------------------------------------------


@share(30)
@given(cases(), st.data())
def test_more_dwell_never_shrinks_reach_or_windows(case: Case, data: Any) -> None:
    longer = changed(case.entrances, dwell=case.entrances.dwell + more_time(data))
    assert_at_least(case.replayed(entrances=longer), case.replayed())


@share(40)
@given(cases(), st.data())
def test_a_faster_thief_never_reaches_less_or_later(case: Case, data: Any) -> None:
    faster = data.draw(st.integers(0, case.hop_time))
    assert_at_least(case.replayed(hop_time=faster), case.replayed())


@share(20)
@given(cases(), st.data())
def test_less_dormancy_never_shrinks_reach_or_windows(case: Case, data: Any) -> None:
    sooner = changed(case.entrances, dormancy=case.entrances.dormancy // data.draw(st.integers(2, 5)))
    assert_at_least(case.replayed(entrances=sooner), case.replayed())


@share(20)
@given(cases(), st.data())
def test_a_longer_observation_never_finds_less(case: Case, data: Any) -> None:
    longer = dataclasses.replace(case.ledger, follow_up=case.ledger.follow_up + more_time(data))
    assert_at_least(case.replayed(ledger=longer), case.replayed())


# One credential --------------------------------------------------------------------------------------------


@share(30)
@given(cases(), st.data())
def test_binding_never_widens_reach_or_windows(case: Case, data: Any) -> None:
    """Every scope holds a permission here. Without one a bearer credential is honoured nowhere, and one that mints
    the next stage would seem to gain by being bound: it stays takeable for as long as it can mint.
    """
    binding = case.ledger.credentials.binding.copy()
    rows = np.flatnonzero(np.isin(binding, [Binding.BEARER, Binding.EXPORTABLE_KEY]))
    assume(len(rows))
    bound = data.draw(st.lists(st.sampled_from(rows.tolist()), min_size=1, unique=True))
    binding[bound] = data.draw(st.sampled_from([int(Binding.NON_EXPORTABLE), int(Binding.BROKERED)]))
    assert_at_least(case.replayed(), case.replayed(ledger=with_credentials(case.ledger, binding=binding)))


def test_a_bearer_and_an_exportable_key_are_worth_the_same() -> None:
    assert _worth(Binding.BEARER) == _worth(Binding.EXPORTABLE_KEY) != _worth(Binding.NON_EXPORTABLE)


def _worth(binding: Binding) -> dict[tuple[int, int], tuple[int, int]]:
    from reference.slow_world import World

    world = World()
    world.verifier()
    world.place()
    world.identity(world.permission(0))
    world.stage(30)
    world.copy(world.credential(expires=30, binding=int(binding)), 0)
    ways = Entrances.of(entry=[0], entered_at=[10], place=[0], unit=[0], dwell=[5])
    return taken(Case(world.ledger(), ways, 1).replayed())


@share(30)
@given(cases(), st.data())
def test_a_wider_scope_of_one_credential_never_shrinks_reach_or_windows(case: Case, data: Any) -> None:
    scope = case.ledger.credentials.scope.copy()
    row = some_credential(data, case.ledger)
    scope[row] = case.ledger.scopes.identity[scope[row]]
    assert_at_least(case.replayed(ledger=with_credentials(case.ledger, scope=scope)), case.replayed())


@share(30)
@given(cases(), st.data())
def test_a_later_end_of_one_credential_never_shrinks_reach_or_windows(case: Case, data: Any) -> None:
    row, more = some_credential(data, case.ledger), more_time(data)
    column = data.draw(st.sampled_from(["expires_at", "revoked_at"]))
    ends = getattr(case.ledger.credentials, column).copy()
    ends[row] = NEVER if data.draw(st.booleans()) else min(ends[row] + more, NEVER)
    later = with_credentials(case.ledger, **{column: ends})
    assert (honoured_until(later) >= honoured_until(case.ledger)).all()
    assert_at_least(case.replayed(ledger=later), case.replayed())


@share(20)
@given(cases(), st.data())
def test_a_longer_session_prolongs_windows_and_changes_no_reach(case: Case, data: Any) -> None:
    session = add(case.ledger.estate.verifiers.session_time, more_time(data))
    longer = with_estate(case.ledger, verifiers=changed(case.ledger.estate.verifiers, session_time=session))
    more, less = case.replayed(ledger=longer), case.replayed()
    assert reached(more) == reached(less)
    assert_at_least(more, less)


@share(20)
@given(cases(), st.data())
def test_a_residue_more_never_shrinks_reach_or_windows(case: Case, data: Any) -> None:
    copies = case.ledger.copies
    assume(len(copies))
    until = copies.until_at.copy()
    row = data.draw(st.integers(0, len(copies) - 1))
    until[row] = min(until[row] + more_time(data), NEVER)
    longer = dataclasses.replace(case.ledger, copies=changed(copies, until_at=until))
    assert_at_least(case.replayed(ledger=longer), case.replayed())


# Static closure --------------------------------------------------------------------------------------------


def closure(ledger: Ledger, place: int, unit: int, copy: int) -> set[int]:
    """Resources reached if time played no part: everything that ever lay, ran or opened counts at once."""
    estate, copies = ledger.estate, ledger.copies
    held: dict[int, set[int]] = {}
    for scope, permission in zip(ledger.scope_permissions.scope, ledger.scope_permissions.permission, strict=True):
        held.setdefault(int(scope), set()).add(int(permission))
    scopes = {int(ledger.credentials.scope[copies.credential[copy]])} if copy >= 0 else set()
    units = {(place, unit)} if place >= 0 else set()
    while True:
        before = len(scopes), len(units)
        for c, q, u in zip(copies.credential.tolist(), copies.place.tolist(), copies.unit.tolist(), strict=True):
            if (q, u) in units:
                scopes.add(int(ledger.credentials.scope[c]))
        for identity, q in zip(estate.attestations.identity.tolist(), estate.attestations.place.tolist(), strict=True):
            if q in {q for q, _ in units}:
                scopes.add(identity)
        performed = {p for scope in scopes for p in held.get(scope, ())}
        for row, permission in enumerate(estate.openings.permission.tolist()):
            if permission in performed:
                q, identity = int(estate.openings.place[row]), int(estate.openings.identity[row])
                if identity >= 0:
                    scopes.add(identity)
                units |= {(q, u) for u in _units_at(ledger, q)}
        if (len(scopes), len(units)) == before:
            return {int(estate.permissions.resource[p]) for p in performed}


def _units_at(ledger: Ledger, place: int) -> set[int]:
    """Units of a place in which anything ever ran."""
    if place < 0 or ledger.estate.places.isolation[place] == Isolation.SHARED:
        return {0} if place >= 0 else set()
    ran = np.flatnonzero(ledger.estate.workloads.place[ledger.tasks.workload] == place)
    slot = ledger.estate.places.isolation[place] == Isolation.SLOT
    return set((ledger.tasks.slot[ran] if slot else ran).tolist())


@share(40)
@given(cases())
def test_what_is_reached_in_time_lies_within_the_closure_that_ignores_time(case: Case) -> None:
    ways, found = case.entrances, case.replayed()
    for campaign in range(len(ways)):
        mine = set(found.reached.resource[found.reached.campaign == campaign].tolist())
        if ways.entered_at[campaign] < NEVER:
            where = int(ways.place[campaign]), int(ways.unit[campaign]), int(ways.copy[campaign])
            assert mine <= closure(case.ledger, *where)
        else:
            assert not mine


# Time and row numbers --------------------------------------------------------------------------------------


def moved(table: Any, delay: int) -> Any:
    """The table with all its instants later; what never comes still never comes."""
    instants = {}
    for field in dataclasses.fields(table):
        is_length = field.name.endswith("_time") or field.name in ("dwell", "dormancy")
        if field.metadata["unit"] == "µs" and not is_length:
            values = getattr(table, field.name)
            instants[field.name] = np.where(values < NEVER, values + delay, NEVER)
    return changed(table, **instants)


def columns_of(*tables: Table) -> list[dict[str, list[Any]]]:
    return [{name: values.tolist() for name, values in table.columns().items()} for table in tables]


@share(30)
@given(cases(), st.integers(1, 10**13))
def test_shifting_all_times_shifts_all_results_exactly(case: Case, delay: int) -> None:
    ledger = case.ledger
    later = {name: moved(getattr(ledger, name), delay) for name in ("tasks", "calls", "credentials", "copies")}
    found = case.replayed(ledger=dataclasses.replace(ledger, **later), entrances=moved(case.entrances, delay))
    unmoved = case.replayed()
    wanted = [moved(getattr(unmoved, name), delay) for name in ("campaigns", "taken", "reached", "steps")]
    assert columns_of(found.campaigns, found.taken, found.reached, found.steps) == columns_of(*wanted)


@share(15)
@given(cases())
def test_the_same_case_gives_the_same_bytes(case: Case) -> None:
    assert case.replayed().digest() == case.replayed().digest()


@share(10)
@given(runs(), st.integers(0, 9))
def test_the_same_seed_gives_the_same_bytes(finished: Any, seed: int) -> None:
    scenario, ledger = finished
    first, again = (replay(ledger, scenario.threat, campaigns=6, seed=seed) for _ in range(2))
    assert first.digest() == again.digest()


@share(15)
@given(run_and_robbed())
def test_campaigns_do_not_know_of_each_other(case: Case) -> None:
    together = case.replayed()
    for row in range(len(case.entrances)):
        alone = case.replayed(entrances=changed(case.entrances, **_row(case.entrances, row)))
        for column, values in alone.campaigns.columns().items():
            assert values[0] == getattr(together.campaigns, column)[row], column


def _row(table: Table, row: int) -> dict[str, Any]:
    return {name: values[row : row + 1] for name, values in table.columns().items()}


def permuted(table: Any, order: IntArray) -> Any:
    """Row `order[i]` of the table becomes row i."""
    return type(table)(**{name: values[order] for name, values in table.columns().items()})


def renamed(ids: Any, order: IntArray) -> IntArray:
    """Ids after their table was permuted; -1 stays -1."""
    new = np.empty(len(order) + 1, np.int64)
    new[order] = np.arange(len(order))
    new[-1] = -1
    return new[ids]


@dataclass(frozen=True)
class Orders:
    """A permutation of the rows of each table."""

    credentials: IntArray
    copies: IntArray
    tasks: IntArray
    resources: IntArray
    places: IntArray
    identities: IntArray


def relabelled(case: Case, by: Orders) -> Case:
    """The same world and thief under other row numbers; permissions keep theirs, as ties go to the least."""
    old, estate = case.ledger, case.ledger.estate
    isolation = estate.places.isolation
    scope_order = np.concatenate([by.identities, np.arange(len(by.identities), len(old.scopes))]).astype(np.int64)
    unit_of = _renamed_unit(isolation, by)
    new_estate = dataclasses.replace(
        estate,
        resources=permuted(estate.resources, by.resources),
        permissions=changed(estate.permissions, resource=renamed(estate.permissions.resource, by.resources)),
        identities=permuted(estate.identities, by.identities),
        grants=permuted(
            changed(estate.grants, identity=renamed(estate.grants.identity, by.identities)),
            np.lexsort((estate.grants.permission, renamed(estate.grants.identity, by.identities))),
        ),
        openings=changed(
            estate.openings,
            place=renamed(estate.openings.place, by.places),
            identity=renamed(estate.openings.identity, by.identities),
        ),
        attestations=changed(
            estate.attestations,
            place=renamed(estate.attestations.place, by.places),
            identity=renamed(estate.attestations.identity, by.identities),
        ),
        places=permuted(changed(estate.places, log=renamed(estate.places.log, by.places)), by.places),
        workloads=changed(
            estate.workloads,
            place=renamed(estate.workloads.place, by.places),
            identity=renamed(estate.workloads.identity, by.identities),
        ),
    )
    held_scope = renamed(old.scope_permissions.scope, scope_order)
    copies = changed(
        old.copies,
        credential=renamed(old.copies.credential, by.credentials),
        place=renamed(old.copies.place, by.places),
        unit=unit_of(old.copies.place, old.copies.unit),
    )
    ledger = dataclasses.replace(
        old,
        estate=new_estate,
        tasks=permuted(old.tasks, by.tasks),
        calls=changed(
            old.calls,
            task=renamed(old.calls.task, by.tasks),
            credential=renamed(old.calls.credential, by.credentials),
        ),
        credentials=permuted(
            changed(
                old.credentials,
                scope=renamed(old.credentials.scope, scope_order),
                parent=renamed(old.credentials.parent, by.credentials),
            ),
            by.credentials,
        ),
        copies=permuted(copies, by.copies),
        scopes=permuted(changed(old.scopes, identity=renamed(old.scopes.identity, by.identities)), scope_order),
        scope_permissions=permuted(
            changed(old.scope_permissions, scope=held_scope),
            np.lexsort((old.scope_permissions.permission, held_scope)),
        ),
    )
    ways = changed(
        case.entrances,
        place=renamed(case.entrances.place, by.places),
        unit=unit_of(case.entrances.place, case.entrances.unit),
        copy=renamed(case.entrances.copy, by.copies),
    )
    return Case(ledger, ways, case.hop_time)


def _renamed_unit(isolation: Any, by: Orders) -> Any:
    def unit_of(place: Any, unit: Any) -> IntArray:
        a_task = (place >= 0) & (isolation[place] == Isolation.TASK)
        return np.where(a_task, renamed(np.where(a_task, unit, -1), by.tasks), unit)

    return unit_of


@share(40)
@given(drawn() | drawn(without_ties()) | run_and_robbed(), st.data())
def test_other_row_numbers_change_nothing_but_row_numbers(case: Case, data: Any) -> None:
    def order(n: int) -> IntArray:
        return np.array(data.draw(st.permutations(range(n))), np.int64)

    ledger, estate = case.ledger, case.ledger.estate
    sizes = [ledger.credentials, ledger.copies, ledger.tasks, estate.resources, estate.places, estate.identities]
    by = Orders(*(order(len(table)) for table in sizes))
    found, unmoved = relabelled(case, by).replayed(), case.replayed()
    for column in unmoved.campaigns.columns():
        if column not in ("place", "unit", "resource_seconds", "reach_weighted"):
            np.testing.assert_array_equal(getattr(found.campaigns, column), getattr(unmoved.campaigns, column))
    np.testing.assert_allclose(found.campaigns.resource_seconds, unmoved.campaigns.resource_seconds, rtol=1e-12)
    assert _facts(found.taken, credential=by.credentials) == _facts(unmoved.taken)
    assert _facts(found.reached, resource=by.resources) == _facts(unmoved.reached)


def _facts(table: Any, **orders: IntArray) -> set[tuple[Any, ...]]:
    """Rows as a set, with ids as before they were permuted; paths are not compared, only their lengths."""
    columns = table.columns() | {name: order[getattr(table, name)] for name, order in orders.items()}
    return set(zip(*(columns[name].tolist() for name in sorted(columns) if name != "step"), strict=True))


# Parts that fit together -----------------------------------------------------------------------------------


@share(40)
@given(cases())
def test_windows_and_counts_fit_together(case: Case) -> None:
    found, ways = case.replayed(), case.entrances
    c, t = found.campaigns, found.taken
    assert (c.entered_at <= c.exposure_until).all() and (c.exposure_until <= c.access_until).all()
    np.testing.assert_array_equal(c.n_taken, np.bincount(t.campaign, minlength=len(ways)))
    np.testing.assert_array_equal(c.reach, np.bincount(found.reached.campaign, minlength=len(ways)))
    np.testing.assert_array_equal(
        c.n_hops, np.bincount(found.reached.campaign, found.reached.n_hops, minlength=len(ways))
    )
    minted = found.steps.kind == StepKind.MINTED
    np.testing.assert_array_equal(c.n_minted, np.bincount(found.steps.campaign[minted], minlength=len(ways)))
    empty = found.nothing()
    assert (c.reach[empty] == 0).all() and (c.access_until[empty] == c.entered_at[empty]).all()
    latest = c.entered_at.copy()
    np.maximum.at(latest, t.campaign, t.honoured_until)
    assert (c.access_until >= latest).all()
    assert (c.access_until[c.n_minted == 0] == latest[c.n_minted == 0]).all()
    assert (t.taken_at < add(c.entered_at, case.ledger.follow_up)[t.campaign]).all()
    assert (t.taken_at >= c.entered_at[t.campaign]).all()
    useless = (ways.copy[t.campaign] >= 0) & (case.ledger.credentials.binding[t.credential] == Binding.NON_EXPORTABLE)
    assert (t.honoured_until > t.taken_at)[~useless].all(), "only what lives is taken"
    assert (t.honoured_until == t.taken_at)[useless].all(), "a key that cannot leave its place, read in a log"


@share(40)
@given(cases())
def test_the_entry_takes_exactly_what_lies_in_its_unit_while_it_is_there(case: Case) -> None:
    found, ways, copies = case.replayed(), case.entrances, case.ledger.copies
    end = np.minimum(copies.until_at, dead_at(case.ledger)[copies.credential])
    free = case.ledger.credentials.binding[copies.credential] != Binding.BROKERED
    for row in np.flatnonzero(ways.entered_at < NEVER):
        e = int(ways.entered_at[row])
        until = min(e + max(int(ways.dwell[row]), 1), e + case.ledger.follow_up)
        if ways.copy[row] >= 0:
            lies = np.arange(len(copies)) == ways.copy[row]
            until = e + 1
        else:
            lies = (copies.place == ways.place[row]) & (copies.unit == ways.unit[row])
        meets = lies & free & (np.maximum(copies.from_at, e) < np.minimum(end, until))
        mine = found.taken.campaign == row
        at_entry = found.taken.credential[mine & found.taken.at_entry]
        assert set(at_entry.tolist()) == set(copies.credential[meets].tolist())


@share(40)
@given(cases())
def test_every_path_leads_back_to_the_entry_with_one_hop_per_opening_and_never_back_in_time(case: Case) -> None:
    found = case.replayed()
    s, r, c = found.steps, found.reached, found.campaigns
    rows = np.arange(len(s))
    assert (s.previous < rows).all()
    later = np.flatnonzero(s.previous >= 0)
    before = s.previous[later]
    assert (s.campaign[later] == s.campaign[before]).all()
    assert (s.at[later] >= s.at[before]).all()
    np.testing.assert_array_equal(s.n_hops[later], s.n_hops[before] + (s.permission[later] >= 0))
    first = s.previous < 0
    assert (s.at[first] == c.entered_at[s.campaign[first]]).all() and (s.n_hops[first] == 0).all()
    assert len(set(s.campaign[first].tolist())) == first.sum(), "one entry each"
    assert (s.kind[r.step] != StepKind.FOOTHOLD).all() and (s.campaign[r.step] == r.campaign).all()
    np.testing.assert_array_equal(r.n_hops, s.n_hops[r.step])
    used_from = add(c.entered_at, case.entrances.dormancy)[r.campaign]
    assert (r.reached_at >= np.maximum(used_from, s.at[r.step]) + case.hop_time).all()
    observed_until = (c.entered_at + case.ledger.follow_up)[r.campaign]
    assert (r.held_time > 0).all() and (r.held_time <= observed_until - r.reached_at).all()

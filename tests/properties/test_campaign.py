"""What one campaign's tables say fits together: windows, counts, what the entry takes, paths."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from properties.cases import Case, around, cases

from nhilab.base.quantities import NEVER, add
from nhilab.ledger.acceptance import dead_at
from nhilab.ledger.compromises import StepKind
from nhilab.ledger.tables import Binding
from scenarios import share


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
    latest, of_use = c.entered_at.copy(), t.honoured_until > t.taken_at
    np.maximum.at(latest, t.campaign[of_use], t.honoured_until[of_use])
    assert (c.access_until >= latest).all()
    only_taken = (c.n_minted == 0) & (c.n_brokered == 0)
    assert (c.access_until[only_taken] == latest[only_taken]).all()
    assert (t.taken_at < add(c.entered_at, case.ledger.follow_up)[t.campaign]).all()
    assert (t.taken_at >= c.entered_at[t.campaign]).all()
    bearer = case.ledger.credentials.binding[t.credential] == Binding.BEARER
    anywhere = not any(case.ledger.estate.verifiers.accepts_from)
    assert (t.honoured_until >= t.taken_at).all()
    assert of_use[bearer].all() or not anywhere, "only what lives is taken"
    footholds = np.bincount(found.steps.campaign[found.steps.kind == StepKind.FOOTHOLD], minlength=len(ways))
    keyless = ~bearer & (ways.copy[t.campaign] >= 0) & (footholds[t.campaign] == 0)
    assert not of_use[keyless].any(), "a key that lies nowhere the thief has been is of no use"


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
            inside = case.ledger.estate.places.inside
            deeper = [int(ways.place[row]) in around(inside, int(inside[q])) for q in copies.place]
            lies = (copies.place == ways.place[row]) & (copies.unit == ways.unit[row]) | np.array(deeper, bool)
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

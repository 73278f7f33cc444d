from __future__ import annotations

import math

import pytest
from unit.metrics.tiny import MICRO, compromises, ledger, observe

from nhilab.base.quantities import NEVER

EMPTY = {"n_taken": 0, "entered_at": 40, "access_until": 40, "exposure_until": 40}
SHORT = {"entered_at": 10, "access_until": 70, "exposure_until": 40}  # windows 60 and 30
LONG = {"entered_at": 100, "access_until": 1000, "exposure_until": 340}  # windows 900 and 240
ENDLESS = {"entered_at": 100, "access_until": NEVER, "exposure_until": NEVER}
MINTED = {"n_taken": 0, "n_minted": 2, "entered_at": 20, "access_until": 60, "exposure_until": 20}  # 40 and 0


def test_the_access_window_averages_over_all_campaigns_with_zero_for_empty_ones() -> None:
    found = compromises([SHORT, EMPTY, MINTED])
    assert observe("access_window_s", found=found).value == pytest.approx((60 + 0 + 40) / 3)


def test_the_access_window_given_theft_leaves_empty_campaigns_out_and_minted_ones_in() -> None:
    found = compromises([SHORT, EMPTY, MINTED])
    assert observe("access_window_s_given_theft", found=found).value == (60 + 40) / 2


def test_what_only_a_broker_lends_is_a_theft_with_an_access_window_and_no_exposure() -> None:
    lent = {"n_taken": 0, "n_brokered": 1, "entered_at": 20, "access_until": 50, "exposure_until": 20}
    found = compromises([lent, EMPTY])
    assert observe("theft_probability", found=found).value == 0.5
    assert observe("access_window_s_given_theft", found=found).value == 30
    assert observe("exposure_window_s_given_theft", found=found).value == 0


def test_the_access_window_is_cut_at_the_cap() -> None:
    found = compromises([SHORT, LONG, ENDLESS])
    assert observe("access_window_s", ledger(cap=500), found).value == pytest.approx((60 + 500 + 500) / 3)


def test_the_access_window_given_theft_is_cut_at_the_cap() -> None:
    found = compromises([LONG, EMPTY])
    assert observe("access_window_s_given_theft", ledger(cap=500), found).value == 500


def test_a_window_of_exactly_the_cap_stays_finite_in_the_sample() -> None:
    found = compromises([LONG, LONG | {"access_until": 1000 + MICRO}])
    assert observe("access_window_s", ledger(cap=900), found).sample.tolist() == [900.0, math.inf]


def test_the_sample_of_the_access_window_holds_every_campaign_uncut() -> None:
    found = compromises([SHORT, EMPTY, LONG, ENDLESS])
    assert observe("access_window_s", ledger(cap=500), found).sample.tolist() == [60.0, 0.0, math.inf, math.inf]


def test_a_campaign_without_a_way_in_counts_as_empty() -> None:
    nowhere = {"n_taken": 0, "entered_at": NEVER, "access_until": NEVER, "exposure_until": NEVER}
    found = compromises([SHORT, nowhere])
    assert observe("access_window_s", found=found).value == 30
    assert observe("exposure_window_s", found=found).value == 15
    assert observe("unbounded_share", found=found).value == 0


def test_a_campaign_with_nothing_in_hand_has_no_window_whatever_its_ends_say() -> None:
    found = compromises([EMPTY | {"access_until": 90, "exposure_until": NEVER}])
    assert observe("access_window_s", found=found).value == 0
    assert observe("exposure_window_s", found=found).value == 0


def test_theft_probability_counts_thefts_by_taking_and_by_minting() -> None:
    found = compromises([SHORT, EMPTY, MINTED, EMPTY, EMPTY])
    assert observe("theft_probability", found=found).value == 2 / 5


def test_probability_times_the_window_given_theft_is_the_unconditional_window() -> None:
    found = compromises([SHORT, EMPTY, LONG, EMPTY, MINTED])
    for window in ("access_window_s", "exposure_window_s"):
        product = observe("theft_probability", found=found).value * observe(window + "_given_theft", found=found).value
        assert observe(window, found=found).value == pytest.approx(product)


def test_unbounded_is_what_never_ends_and_not_what_ends_after_the_cap() -> None:
    found = compromises([SHORT, EMPTY, LONG, ENDLESS])
    assert observe("unbounded_share", ledger(cap=500), found).value == 1 / 4


def test_the_exposure_window_ends_with_what_the_entry_took() -> None:
    found = compromises([SHORT, EMPTY, LONG, MINTED])
    assert observe("exposure_window_s", found=found).value == (30 + 0 + 240 + 0) / 4


def test_the_exposure_window_given_theft_counts_thefts_that_only_minted_as_zero() -> None:
    found = compromises([SHORT, EMPTY, MINTED])
    assert observe("exposure_window_s_given_theft", found=found).value == (30 + 0) / 2


def test_the_exposure_window_is_cut_at_the_cap_and_its_sample_is_not() -> None:
    seen = observe("exposure_window_s", ledger(cap=100), compromises([SHORT, LONG]))
    assert seen.value == (30 + 100) / 2
    assert seen.sample.tolist() == [30.0, math.inf]


def test_the_residual_counts_from_the_theft_of_each_credential() -> None:
    taken = [{"taken_at": 30, "honoured_until": 90}, {"campaign": 1, "taken_at": 50, "honoured_until": 70}]
    assert observe("credential_residual_s", found=compromises([{}, {}], taken=taken)).value == (60 + 20) / 2


def test_the_residual_weighs_credentials_and_not_campaigns() -> None:
    taken = [{"honoured_until": 10}, {"honoured_until": 20}, {"campaign": 1, "honoured_until": 90}]
    assert observe("credential_residual_s", found=compromises([{}, {}], taken=taken)).value == 40


def test_the_residual_is_cut_at_the_cap_and_its_sample_is_not() -> None:
    taken = [{"honoured_until": 10}, {"honoured_until": 600}, {"honoured_until": NEVER}]
    seen = observe("credential_residual_s", ledger(cap=500), compromises([{}], taken=taken))
    assert seen.value == pytest.approx((10 + 500 + 500) / 3)
    assert seen.sample.tolist() == [10.0, math.inf, math.inf]


def test_a_credential_no_longer_honoured_when_taken_has_no_residual() -> None:
    taken = [{"taken_at": 30, "honoured_until": 20}]
    assert observe("credential_residual_s", found=compromises([{}], taken=taken)).value == 0


@pytest.mark.parametrize("metric", ["access_window_s_given_theft", "exposure_window_s_given_theft"])
def test_a_window_given_theft_is_not_a_number_when_nothing_was_stolen(metric: str) -> None:
    assert math.isnan(observe(metric, found=compromises([EMPTY])).value)


def test_the_unconditional_window_is_zero_when_nothing_was_stolen() -> None:
    assert observe("access_window_s", found=compromises([EMPTY])).value == 0


def test_the_residual_is_not_a_number_when_nothing_was_taken() -> None:
    assert math.isnan(observe("credential_residual_s", found=compromises([MINTED])).value)

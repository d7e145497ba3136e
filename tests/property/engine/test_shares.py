"""The books of shares, in any order of events: more is never promised than there is.

Decided in ``docs/adr/0002-steps-not-levels.md``; played with the engine's own rules, books and
booking, against the world of ``books.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.property.engine.books import CHANNELS, NODE, SHOWS_LATE_S, SKU, World, at_once

channels = st.sampled_from(CHANNELS)


class Shares(RuleBasedStateMachine):
    """Sales, levels, steps and looks in any order, each late, lost, unknown or repeated."""

    off: tuple[str, ...] = ()

    @initialize(units=st.integers(0, 12), hold_back=st.sampled_from([0, 0, 1, 3]))
    def open(self, units: int, hold_back: int) -> None:
        self.world = World(hold_back, off=self.off)
        self.receive(units, noticed=True)
        self.step("web", "both")
        self.step("till", "both")

    # --- the floor and the channels ---------------------------------------------------------

    @rule(seconds=st.sampled_from([0.5, 2.0, 6.0, 13.0, 40.0]))
    def wait(self, seconds: float) -> None:
        self.world.time.at_s += seconds
        self.world.replans.take()
        self.world.stock.touched(NODE, SKU)

    @rule(units=st.integers(1, 6), noticed=st.booleans())
    def receive(self, units: int, noticed: bool) -> None:
        self.world.receive(units)
        if noticed:
            self.world.notice(len(self.world.levels) - 1)

    @rule(channel=channels, units=st.integers(1, 4), told=st.booleans())
    def sell(self, channel: str, units: int, told: bool) -> None:
        shown = self.world.figure[channel]
        if shown > 0:
            self.world.sell(channel, min(units, shown))
            if told:
                self.world.tell(self.world.sales[-1])

    # --- sales on their way to the master ---------------------------------------------------

    @rule(which=st.integers(0, 9), fails=st.booleans(), stages=st.integers(1, 4))
    def advance(self, which: int, fails: bool, stages: int) -> None:
        """One of the sales goes on: told, sent, taken off, answered; or nothing comes of it."""
        world = self.world
        left = [sale for sale in world.sales if not sale.answered]
        if not left:
            return
        sale = left[which % len(left)]
        for _ in range(stages):
            if not sale.told:
                world.tell(sale)
            elif not sale.sent:
                world.send(sale)
            elif not sale.arrived and fails:
                world.fail(sale)
            elif not sale.arrived:
                world.arrive(sale)
            elif not sale.answered:
                world.answer(sale)

    # --- levels -------------------------------------------------------------------------------

    @rule(back=st.sampled_from([0, 0, 0, 1, 2, 5]))
    def notice(self, back: int) -> None:
        self.world.notice(max(0, len(self.world.levels) - 1 - back))

    @rule(asked_ago_s=st.sampled_from([0.0, 0.5, 3.0]), age_s=st.sampled_from([0.0, 4.0, 15.0]))
    def poll(self, asked_ago_s: float, age_s: float) -> None:
        self.world.poll(asked_ago_s, age_s)

    # --- steps --------------------------------------------------------------------------------

    @rule(channel=channels, how=st.sampled_from(["carry out", "confirm", "both", "both"]))
    def step(self, channel: str, how: str) -> None:
        flight = self.world.flights.get(channel)
        if flight is not None and not flight.arrived and how != "confirm":
            self.world.carry_out(channel)
        if flight is not None and how != "carry out":
            self.world.confirm(channel)

    # --- looks --------------------------------------------------------------------------------

    @rule(channel=channels, late=st.booleans())
    def look(self, channel: str, late: bool) -> None:
        self.world.look(channel, late=late)

    @rule()
    def sweep(self) -> None:
        self.world.sweep()

    @rule(age_s=st.sampled_from([0.0, 4.0, 15.0]))
    def restart(self, age_s: float) -> None:
        self.world.restart(age_s)

    # --- what must hold -----------------------------------------------------------------------

    @invariant()
    def nobody_is_promised_what_is_not_there(self) -> None:
        world = self.world
        assert world.offered + world.sold <= max(0, world.received - world.hold_back)

    @invariant()
    @precondition(lambda self: hasattr(self, "world"))
    def the_books_say_what_the_store_says(self) -> None:
        kept = {channel: share for _, _, channel, share in self.world.store.shares()}
        for channel, share in kept.items():
            assert share == self.world.live(channel).share

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        world = self.world
        world.come_to_rest()
        assert world.flights == {}
        assert list(world.store.steps()) == []
        assert min(world.figure.values()) >= 0
        assert world.offered == max(0, world.received - world.hold_back - world.sold)
        if world.offered >= len(CHANNELS):
            assert min(world.figure.values()) >= 1
        world.store.close()


TestShares = Shares.TestCase
TestShares.settings = settings(
    max_examples=25, stateful_step_count=50, deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


# --- long walks ---------------------------------------------------------------------------------

DRAWS: dict[str, tuple[int, Callable[[Random], tuple[Any, ...]]]] = {
    "wait": (14, lambda of: (of.choice([0.5, 2.0, 6.0, 13.0, 40.0]),)),
    "receive": (5, lambda of: (of.randint(1, 6), of.random() < 0.5)),
    "sell": (21, lambda of: (of.choice(CHANNELS), of.randint(1, 4), of.random() < 0.5)),
    "advance": (18, lambda of: (of.randint(0, 9), of.random() < 0.3, of.randint(1, 4))),
    "notice": (10, lambda of: (of.choice([0, 0, 0, 1, 2, 5]),)),
    "poll": (8, lambda of: (of.choice([0.0, 0.5, 3.0]), of.choice([0.0, 4.0, 15.0]))),
    "step": (16, lambda of: (of.choice(CHANNELS), of.choice(["carry out", "confirm", "both"]))),
    "look": (4, lambda of: (of.choice(CHANNELS), of.random() < 0.5)),
    "sweep": (2, lambda of: ()),
    "restart": (2, lambda of: (of.choice([0.0, 4.0, 15.0]),)),
}
"""How often a walk does what, and with what: far longer stories than a search can try."""


def walk(seed: int, steps: int, *off: str) -> None:
    """Play one story."""
    of = Random(seed)
    shares = Shares()
    shares.off = off
    shares.open(of.randint(0, 8), of.choice([0, 0, 1, 3]))
    story: list[tuple[Any, ...]] = []
    names, weights = list(DRAWS), [weight for weight, _ in DRAWS.values()]
    try:
        for _ in range(steps):
            (name,) = of.choices(names, weights)
            given = DRAWS[name][1](of)
            story.append((name, *given))
            getattr(shares, name)(*given)
            shares.nobody_is_promised_what_is_not_there()
        shares.the_books_say_what_the_store_says()
        shares.teardown()
    except AssertionError as error:
        error.add_note(f"seed {seed}, step {len(story)}: {story}")
        raise


def many_walks(walks: int, guard: str) -> None:
    """Walk until the books break."""
    for seed in range(walks):
        walk(seed, 60, guard)


@pytest.mark.parametrize("from_seed", range(0, 400, 50))
def test_on_long_walks_nobody_is_promised_what_is_not_there(from_seed: int) -> None:
    for seed in range(from_seed, from_seed + 50):
        walk(seed, 80)


@pytest.mark.parametrize(
    ("guard", "walks"),
    [("allocation", 20), ("unacknowledged_demand", 20), ("hold_back", 20), ("level_order", 400)],
)
def test_without_a_guard_of_the_books_some_walk_breaks_them(guard: str, walks: int) -> None:
    with pytest.raises(AssertionError):
        many_walks(walks, guard)


# --- single stories -----------------------------------------------------------------------------


def test_a_doubt_outlives_a_restart() -> None:
    world = shared_out(3)
    assert world.figure == {"web": 1, "till": 2}
    # The web sells its unit, so one is to move from the till, which meanwhile sells both.
    world.sell("web", 1)
    world.tell(world.sales[0])
    world.sell("till", 2)
    world.carry_out("till")
    world.confirm("till")
    assert world.live("till").doubt == 1
    world.restart(0.0)
    if "web" in world.flights:
        world.carry_out("web")
    assert world.offered + world.sold <= world.received


def test_after_a_restart_a_doubt_lasts_until_the_shop_shows_all_its_orders() -> None:
    world = shared_out(4)
    world.sell("till", 2)
    world.tell(world.sales[0])
    world.sell("web", 2)
    world.carry_out("web")
    world.confirm("web")
    world.restart(0.0)
    key = world.live("web").key
    assert world.verifies.take() == [key]
    world.look("web", late=True)
    assert world.live("web").doubt == 1
    carry_all_out(world)
    assert world.offered + world.sold <= world.received
    # Once we have heard of the sale, the units are booked as sold and no longer in doubt.
    world.tell(world.sales[1])
    carry_all_out(world)
    world.time.at_s += 30.0
    world.look("web", late=False)
    assert world.live("web").doubt == 0


def test_a_cut_whose_answer_was_lost_is_in_doubt_whoever_sells() -> None:
    """What the tills showed after it is not known, so all of it may have been sold before."""
    world = shared_out(3)
    world.sell("web", 1)
    world.tell(world.sales[0])
    world.sell("till", 2)
    world.carry_out("till")
    world.flights["till"].shows = None
    world.confirm("till")
    assert world.offered + world.sold <= world.received
    assert world.live("till").doubt == 1


def test_a_doubt_that_is_looked_at_too_early_is_looked_at_again() -> None:
    world = shared_out(3)
    live = world.live("till")
    live.doubt, live.stepped_s = 1, world.time.wall()
    look_again_s = at_once(world.audit._verify(live.key))
    assert look_again_s == world.policy.lag_s
    world.time.at_s += look_again_s
    assert at_once(world.audit._verify(live.key)) is None
    assert live.doubt == 0


def carry_all_out(world: World) -> None:
    """Every step arrives and is answered, and so are those that follow from it."""
    while world.flights:
        for channel in list(world.flights):
            world.carry_out(channel)
            world.confirm(channel)


def shared_out(units: int) -> World:
    """A world in which so many units came in and were given to the channels."""
    world = World(0)
    world.receive(units)
    world.notice(1)
    carry_all_out(world)
    return world


def test_a_first_notice_that_is_late_is_not_taken_for_a_fresh_one() -> None:
    world = World(0)
    world.receive(5)
    world.poll(0.0, 0.0)
    carry_all_out(world)
    world.time.at_s = 10.0
    world.receive(1)
    world.time.at_s = 20.0
    world.sell("web", 1)
    (sale,) = world.sales
    for act in (world.tell, world.send, world.arrive, world.answer):
        act(sale)
    world.time.at_s = 40.0
    # The notice of ten o'clock comes at forty: it does not know of the sale at twenty.
    world.notice(2)
    for channel in list(world.flights):
        world.carry_out(channel)
    assert world.offered + world.sold <= world.received


def test_a_late_notice_does_not_add_to_what_a_poll_has_confirmed() -> None:
    world = World(0)
    world.receive(3)
    world.poll(0.0, 0.0)
    carry_all_out(world)
    world.time.at_s = 10.0
    world.receive(1)
    world.time.at_s = 20.0
    world.sell("web", 1)
    (sale,) = world.sales
    for act in (world.tell, world.send, world.arrive, world.answer):
        act(sale)
    # The figure is what it was, and by now it includes the sale: so a unit has come in.
    world.time.at_s = 36.0
    world.poll(0.0, 0.0)
    carry_all_out(world)
    assert world.offered + world.sold == world.received
    world.time.at_s = 40.0
    world.notice(2)
    assert world.flights == {}


# --- the world ------------------------------------------------------------------------------------


def test_the_shop_shows_its_orders_before_the_engine_stops_waiting_for_them() -> None:
    assert World(0).policy.lag_s > SHOWS_LATE_S

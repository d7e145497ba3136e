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
from tests.property.engine.books import CHANNELS, NODE, SKU, World

channels = st.sampled_from(CHANNELS)


class Shares(RuleBasedStateMachine):
    """Sales, levels, steps and looks in any order, each late, lost, unknown or repeated."""

    off: tuple[str, ...] = ()

    @initialize(units=st.integers(0, 12), hold_back=st.sampled_from([0, 0, 1, 3]),
                polls=st.booleans())  # fmt: skip
    def open(self, units: int, hold_back: int, polls: bool) -> None:
        self.polls = polls
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

    @rule(age_s=st.sampled_from([0.0, 4.0, 15.0]))
    def ask_again(self, age_s: float) -> None:
        self.world.ask_again(age_s)

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
        # Without a round that asks for levels no unit may stay in between, either.
        world.come_to_rest(polls=self.polls)
        assert world.flights == {}
        assert list(world.store.steps()) == []
        assert min(world.figure.values()) >= 0
        assert world.offered == max(0, world.received - world.hold_back - world.sold)
        if world.offered >= len(CHANNELS):
            assert min(world.figure.values()) >= 1
        world.store.close()


TestShares = Shares.TestCase
TestShares.settings = settings(
    max_examples=25, stateful_step_count=50,
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
    "ask_again": (4, lambda of: (of.choice([0.0, 4.0, 15.0]),)),
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
    shares.open(of.randint(0, 8), of.choice([0, 0, 1, 3]), bool(off) or of.random() < 0.5)
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

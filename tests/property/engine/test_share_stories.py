"""Single stories of shares: a restart, a late notice, a lost answer, a figure that is off."""

from __future__ import annotations

import pytest
from tests.property.engine.books import CHANNELS, SHOWS_LATE_S, Sale, World, at_once


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


@pytest.mark.parametrize("channel", CHANNELS)
def test_new_sales_are_not_taken_for_the_difference_that_a_sweep_has_explained(
    channel: str,
) -> None:
    world = shared_out(12)
    given = world.live(channel).share.given
    world.time.at_s += 60.0
    world.sell(channel, 2)
    world.look(channel, late=False)
    world.time.at_s += 20.0
    # The sweep tells of the two units; then two others are sold, and the figure is off as before.
    world.sweep()
    world.time.at_s += 20.0
    world.sell(channel, 2)
    world.time.at_s += 20.0
    world.look(channel, late=False)
    assert world.live(channel).share.given == given
    carry_all_out(world)
    assert world.offered + world.sold <= world.received


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(("taken", "sold"), [(3, 0), (3, 2), (-2, 0), (-3, 2)])
def test_a_difference_that_no_sweep_explains_is_repaired_whatever_is_sold_meanwhile(
    channel: str, taken: int, sold: int
) -> None:
    world = shared_out(12)
    world.time.at_s += 60.0
    # Somebody takes units out of the channel's figure (or puts some in) and says nothing.
    world.figure[channel] -= taken
    world.look(channel, late=False)
    world.time.at_s += 30.0
    world.sweep()
    if sold:
        world.sell(channel, sold)
    world.look(channel, late=False)
    for _ in range(3):
        world.sweep()
        carry_all_out(world)
        world.time.at_s += 30.0
        world.look(channel, late=False)
    carry_all_out(world)
    assert world.offered + world.sold == world.received


def test_a_difference_is_judged_by_itself_after_a_step() -> None:
    """What was seen before a step says nothing about the figure after it."""
    world = shared_out(12)
    world.time.at_s += 60.0
    world.sell("till", 2)
    world.look("till", late=False)
    world.receive(4)
    world.notice(len(world.levels) - 1)
    carry_all_out(world)
    world.time.at_s += 60.0
    given = world.live("till").share.given
    world.swept_s = world.time.wall()
    world.look("till", late=False)
    assert world.live("till").share.given == given


def test_units_in_between_are_asked_for_when_nothing_else_tells() -> None:
    """The level that came with an answer may include the sale or not: soon it must be known."""
    world = shared_out(6)
    world.time.at_s = 100.0
    sell_and_answer(world)
    world.receive(1)
    world.notice(len(world.levels) - 1)
    carry_all_out(world)
    assert world.offered + world.sold == world.received - 1
    world.time.at_s += world.stock.unsure.wait_s
    world.ask_again(15.0)
    carry_all_out(world)
    assert world.offered + world.sold == world.received


def test_a_level_that_was_put_aside_as_perhaps_too_old_is_asked_for() -> None:
    world = shared_out(3)
    world.time.at_s = 109.0
    world.receive(2)
    world.time.at_s = 112.0
    world.receive(1)
    world.time.at_s = 114.0
    world.poll(0.0, 4.0)
    # This is news, but dated before the answer, which was as of four seconds earlier.
    world.notice(len(world.levels) - 1)
    carry_all_out(world)
    assert world.offered == world.received - 1
    world.time.at_s += world.stock.unsure.wait_s
    world.ask_again(15.0)
    carry_all_out(world)
    assert world.offered == world.received


def test_a_cell_that_has_not_moved_for_long_is_certain_once_it_was_asked_for() -> None:
    """The answer to a posting may be known long after the master booked it."""
    world = shared_out(6)
    world.time.at_s = 100.0
    sale = sold_online(world)
    world.receive(1)
    world.notice(len(world.levels) - 1)
    world.time.at_s = 140.0
    world.poll(0.0, 0.0)
    world.time.at_s = 400.0
    world.answer(sale)
    carry_all_out(world)
    assert world.offered + world.sold == world.received - 1
    world.time.at_s += world.stock.unsure.wait_s
    world.ask_again(15.0)
    carry_all_out(world)
    assert world.offered + world.sold == world.received


@pytest.mark.parametrize("off", [(), ("snapshot",), ("level_order",)])
def test_only_who_reads_levels_and_knows_old_from_new_asks_again(off: tuple[str, ...]) -> None:
    world = shared_out(6, *off)
    world.unsures.take()
    sell_and_answer(world)
    assert bool(world.unsures.take()) is (off == ())


def sell_and_answer(world: World) -> None:
    """A sale goes all its way at once, and the level that it made comes with the answer."""
    sale = sold_online(world)
    world.notice(len(world.levels) - 1)
    world.answer(sale)


def sold_online(world: World) -> Sale:
    """A unit is sold in the shop and its order is in the warehouse, which has not answered yet."""
    world.sell("web", 1)
    sale = world.sales[-1]
    for act in (world.tell, world.send, world.arrive):
        act(sale)
    return sale


def carry_all_out(world: World) -> None:
    """Every step arrives and is answered, and so are those that follow from it."""
    while world.flights:
        for channel in list(world.flights):
            world.carry_out(channel)
            world.confirm(channel)


def shared_out(units: int, *off: str) -> World:
    """A world in which so many units came in and were given to the channels."""
    world = World(0, off=off)
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
    world.answer(sold_online(world))
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
    world.answer(sold_online(world))
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

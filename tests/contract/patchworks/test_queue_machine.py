"""A machine plays with the queue beside a small model of it that shares no code with the fake.

The model knows tickets: when each came, how urgent it is, whether somebody took it out; and it
works out by hand, tick by tick, which of them have begun and when they end.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.contract.patchworks.works import Works, flow, push

URGENCY = ("highest", "high", "regular", "low", "lowest")
SLOTS, ROOM, WORK_S = 2, 3, 7.2
BETWEEN_S = 0.5
"""Things are done between two ticks, for what happens at a tick happens in an order of its own."""


class Ticket:
    """A start as the model sees it."""

    def __init__(self, run_id: str, urgency: int, number: int) -> None:
        self.run_id = run_id
        self.urgency = urgency
        self.number = number


class Counter:
    """The queue, worked out by hand, second by second."""

    def __init__(self) -> None:
        self.now = BETWEEN_S
        self.lobby: list[Ticket] = []
        self.corridor: list[Ticket] = []
        self.room: list[Ticket] = []
        self.ends: list[float] = []
        self.begun: list[tuple[str, float]] = []
        self.pick_due = False

    def tick(self) -> None:
        self.now = self.now - BETWEEN_S + 1
        self.ends = [end for end in self.ends if end > self.now]
        was_due = self.pick_due
        if self.now % 5 == 0 and was_due:
            self._pick()
        if self.now % 30 == 0:
            self.corridor += self.lobby
            self.lobby = []
            self._fill()
            self.pick_due = self.pick_due or bool(self.room)
        self.now += BETWEEN_S
        self.ends = [end for end in self.ends if end > self.now]

    def _pick(self) -> None:
        self.room.sort(key=lambda ticket: (ticket.urgency, ticket.number))
        while self.room and len(self.ends) < SLOTS:
            self.begin(self.room.pop(0))
            if len(self.ends) >= SLOTS:
                break
        self._fill()
        self.pick_due = bool(self.room)

    def _fill(self) -> None:
        while self.corridor and len(self.room) < ROOM:
            self.room.append(self.corridor.pop(0))

    def begin(self, ticket: Ticket) -> None:
        self.begun.append((ticket.run_id, self.now))
        self.ends.append(self.now + WORK_S)

    def drop(self, run_id: str) -> None:
        for listed in (self.lobby, self.corridor, self.room):
            listed[:] = [ticket for ticket in listed if ticket.run_id != run_id]
        self._fill()


class QueueMachine(RuleBasedStateMachine):
    """Starts, manual starts, deletions and time, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.works = Works(concurrency=SLOTS, queued_allowance=ROOM, api_per_minute=0)
        self.works.latency_s = WORK_S
        self.works.install(*[flow(name, push(), priority=name) for name in URGENCY])
        self.works.run(BETWEEN_S)
        self.model = Counter()
        self.numbers = 0

    @rule(urgency=strategies.integers(0, 4))
    def start(self, urgency: int) -> None:
        name = URGENCY[urgency]
        begun = self.works.post(f"/flows/{self.works.id_of(name)}/start/raw", {})
        self.numbers += 1
        run_id = begun["data"]["flow_run_id"]
        self.model.lobby.append(Ticket(run_id, urgency, self.numbers))

    @precondition(lambda self: len(self.model.ends) < 6)
    @rule()
    def by_hand(self) -> None:
        run = self.works.begin("regular", {})
        self.model.begin(Ticket(run.id, 2, 0))

    @precondition(lambda self: self.model.lobby or self.model.room or self.model.corridor)
    @rule(pick=strategies.integers(0, 50))
    def drop(self, pick: int) -> None:
        rows = self.works.get("/scheduled-flows", {"per_page": 250}).rows
        row = rows[pick % len(rows)]
        assert self.works.call("DELETE", f"/scheduled-flows/{row['id']}").status == 200
        self.model.drop(row["flow_run_id"])

    @rule(seconds=strategies.integers(1, 45))
    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.works.run(1)
            self.model.tick()

    @invariant()
    def what_waits_waits_in_the_same_place(self) -> None:
        rows = self.works.get("/scheduled-flows", {"per_page": 250}).rows

        def at(state: str) -> list[str]:
            return [row["flow_run_id"] for row in rows if row["status"] == state]

        def named(listed: list[Ticket]) -> list[str]:
            return [ticket.run_id for ticket in listed]

        room = sorted(self.model.room, key=lambda ticket: (ticket.urgency, ticket.number))
        assert at("buffered") == named(self.model.lobby)
        assert at("held") == named(self.model.corridor)
        assert at("queued") == named(room)

    @invariant()
    def the_same_runs_began_at_the_same_time(self) -> None:
        begun = [(run.id, run.started_s) for run in self.works.runs()]
        assert begun == self.model.begun
        assert len(self.works.company.active) == len(self.model.ends)


TestQueueMachine: Any = QueueMachine.TestCase
TestQueueMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)

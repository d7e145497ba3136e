"""Any sequence of V2's writes and the floor's work, against the arithmetic of a notebook."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.contract.deposco.depot import Depot
from tests.contract.deposco.v2_orders import place, said

SKUS = ("TEE", "SOCKS")
EDITABLE = ("New", "Hold", "Wave Built", "Back Ordered")
OVER = ("Canceled", "Ship Complete")
SOLD, MOVED = "salesOrders", "outboundTransferOrders"


@dataclass
class Sheet:
    """An order in the notebook: units by item."""

    path: str
    id: int
    status: str
    wanted: dict[str, int]
    held: dict[str, int] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def open(self, sku: str) -> int:
        """Units that are still to leave."""
        return self.wanted.get(sku, 0) - self.gone.get(sku, 0)

    def asks(self, sku: str) -> int:
        """Units that ask for stock and hold none."""
        return 0 if self.status in OVER else self.open(sku) - self.held.get(sku, 0)

    def spent(self) -> bool:
        """Is nothing left to leave?"""
        return not any(self.open(sku) for sku in self.wanted)


class Notebook(RuleBasedStateMachine):
    """One warehouse, two items, sales orders and transfers."""

    @initialize()
    def opened(self) -> None:
        self.depot = Depot()
        self.total = {"TEE": 10, "SOCKS": 5}
        self.sheets: dict[str, Sheet] = {}

    def free(self, sku: str) -> int:
        held = sum(sheet.held.get(sku, 0) for sheet in self.sheets.values())
        return max(0, self.total[sku] - held)

    def pick_sheet(self, at: int, *, path: str = "") -> tuple[str, Sheet] | None:
        found = [pair for pair in self.sheets.items() if path in ("", pair[1].path)]
        return found[at % len(found)] if found else None

    # --- by API -----------------------------------------------------------------------

    @rule(tee=st.integers(0, 9), socks=st.integers(0, 4), path=st.sampled_from((SOLD, MOVED)))
    def placed(self, tee: int, socks: int, path: str) -> None:
        wanted = {sku: units for sku, units in (("TEE", tee), ("SOCKS", socks)) if units}
        number = f"X{len(self.sheets)}"
        made = place(self.depot, number, *(wanted.items() or [("TEE", 0)]), path=path)
        if not wanted:
            assert made.status == 400
            return
        assert made.status == 201
        rows = {row["lineNumber"]: row["self"]["id"] for row in made["orderLines"]["data"]}
        self.sheets[number] = Sheet(path, made["self"]["id"], "New", wanted, lines=rows)

    @precondition(lambda self: self.sheets)
    @rule(at=st.integers(0, 30), sku=st.sampled_from(SKUS), more=st.integers(1, 3))
    def raised(self, at: int, sku: str, more: int) -> None:
        picked = self.pick_sheet(at)
        assert picked is not None
        number, sheet = picked
        if sku not in sheet.lines or sheet.status not in EDITABLE:
            return
        order = self.depot.store.orders.get(KINDS[sheet.path], number)
        assert order is not None
        ordered = next(line.ordered for line in order.lines if line.sku == sku)
        answer = place(self.depot, number, (sku, ordered + more), path=sheet.path)
        assert answer.status == 200, answer.raw
        sheet.wanted[sku] += more

    @precondition(lambda self: self.sheets)
    @rule(at=st.integers(0, 30), sku=st.sampled_from(SKUS), units=st.integers(1, 4))
    def cut(self, at: int, sku: str, units: int) -> None:
        picked = self.pick_sheet(at)
        assert picked is not None
        _number, sheet = picked
        if sku not in sheet.lines:
            return
        row = {"orderLine": {"id": sheet.lines[sku]}, "canceledPackQuantity": units}
        answer = self.depot.v2("POST", f"/orders/{sheet.path}/{sheet.id}/cancellations",
                               {"orderLines": [row]})  # fmt: skip
        held = sheet.held.get(sku, 0)
        may = {
            SOLD: (*EDITABLE, "Partially Released"), MOVED: ("New", "Wave Built", "Back Ordered"),
        }[sheet.path]  # fmt: skip
        most = sheet.open(sku) - (held if sheet.status == "Partially Released" else 0)
        if sheet.status not in may or units > most:
            assert answer.status == 400, answer.raw
            return
        assert answer.status == 200, answer.raw
        sheet.wanted[sku] -= units
        sheet.held[sku] = min(held, sheet.open(sku))
        if sheet.spent():
            sheet.status = "Canceled"
        elif sheet.status == "Partially Released" and not any(map(sheet.asks, SKUS)):
            sheet.status = "Released"

    @precondition(lambda self: self.sheets)
    @rule(at=st.integers(0, 30))
    def cancelled(self, at: int) -> None:
        picked = self.pick_sheet(at)
        assert picked is not None
        _number, sheet = picked
        answer = self.depot.v2("POST", f"/orders/{sheet.path}/{sheet.id}/cancellations")
        may = EDITABLE if sheet.path == SOLD else ("New", "Wave Built", "Back Ordered")
        if sheet.status not in may:
            assert (answer.status, "cannot be canceled" in said(answer)) == (400, True)
            return
        assert answer.status == 200
        sheet.status, sheet.held = "Canceled", {}
        sheet.wanted = dict(sheet.gone)

    @precondition(lambda self: self.sheets)
    @rule(at=st.integers(0, 30), to=st.sampled_from(("New", "Hold")))
    def moved(self, at: int, to: str) -> None:
        picked = self.pick_sheet(at)
        assert picked is not None
        _number, sheet = picked
        path = f"/orders/{sheet.path}/{sheet.id}/status?value={to}"
        answer = self.depot.v2("POST", path)
        if sheet.status not in EDITABLE:
            assert answer.status == 400
            return
        assert answer.status == 200, answer.raw
        if sheet.status != to:
            sheet.status, sheet.held = to, {}

    # --- by the floor -----------------------------------------------------------------

    @rule(at=st.integers(0, 30), release=st.booleans())
    def waved(self, at: int, release: bool) -> None:
        picked = self.pick_sheet(at, path=SOLD)
        if picked is None or picked[1].status not in ("New", "Back Ordered"):
            return
        number, sheet = picked
        for sku in sheet.wanted:
            more = min(sheet.asks(sku), self.free(sku))
            sheet.held[sku] = sheet.held.get(sku, 0) + more
        if not release:
            self.depot.floor.wave(number)
            sheet.status = "Wave Built"
            return
        self.depot.floor.release(number)
        full = not any(map(sheet.asks, SKUS))
        some = any(sheet.held.values())
        sheet.status = "Released" if full else "Partially Released" if some else "Back Ordered"

    @rule(at=st.integers(0, 30))
    def shipped(self, at: int) -> None:
        picked = self.pick_sheet(at, path=SOLD)
        if picked is None or picked[1].status not in ("Released", "Partially Released"):
            return
        number, sheet = picked
        for sku, units in sheet.held.items():
            if units:
                self.depot.floor.picked(number, sku, units)
        self.depot.floor.shipped(self.depot.floor.packed(number))
        for sku, units in sheet.held.items():
            self.total[sku] -= units
            sheet.gone[sku] = sheet.gone.get(sku, 0) + units
        sheet.held = {}
        sheet.status = "Ship Complete" if sheet.spent() else "Partially Shipped"

    @rule(at=st.integers(0, 30), sku=st.sampled_from(SKUS), units=st.integers(1, 5))
    def sent(self, at: int, sku: str, units: int) -> None:
        picked = self.pick_sheet(at, path=MOVED)
        if picked is None:
            return
        number, sheet = picked
        self.depot.floor.send("W1", sku, units, reference=number)
        self.total[sku] -= units
        if sheet.status == "Hold" or sheet.status in OVER:
            return
        on_it = min(units, sheet.open(sku))
        if on_it:
            sheet.gone[sku] = sheet.gone.get(sku, 0) + on_it
            sheet.status = "Ship Complete" if sheet.spent() else "Partially Shipped"

    @rule(sku=st.sampled_from(SKUS), units=st.integers(-4, 6))
    def corrected(self, sku: str, units: int) -> None:
        if units:
            self.depot.floor.adjust("W1", sku, units, "FOUND")
            self.total[sku] += units

    # --- what has to hold -------------------------------------------------------------

    @invariant()
    def figures_are_those_of_the_notebook(self) -> None:
        if not hasattr(self, "depot"):
            return
        for sku in SKUS:
            held = sum(sheet.held.get(sku, 0) for sheet in self.sheets.values())
            asked = sum(sheet.asks(sku) for sheet in self.sheets.values())
            total = self.total[sku]
            assert self.depot.figures(sku) == (total, total - held - asked, held)

    @invariant()
    def statuses_are_those_of_the_notebook(self) -> None:
        if not hasattr(self, "depot"):
            return
        for path in (SOLD, MOVED):
            rows = self.depot.v2("GET", f"/orders/{path}?pageSize=50")["data"]
            told = {row["number"]: row["orderStatus"] for row in rows}
            mine = {number: sheet.status for number, sheet in self.sheets.items()
                    if sheet.path == path}  # fmt: skip
            assert told == mine


KINDS = {SOLD: "Sales Order", MOVED: "Outbound Transfer Order"}

TestNotebook = Notebook.TestCase
TestNotebook.settings = settings(
    max_examples=120, stateful_step_count=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip

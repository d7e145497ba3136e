"""A breach told as a story: what happened when and where, in the words of the shop floor."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import Any, Final

import msgspec

from peakproof.history import records as say
from peakproof.history.records import AnyRecord, Line
from peakproof.judging.verdict import Breach, RunVerdict


class Beat(msgspec.Struct, frozen=True):
    """One line of a story: the line of the history, when, where (a system, the ledger), what."""

    no: int
    when: str
    where: str
    what: str


class Story(msgspec.Struct, frozen=True):
    """A breach ready for printing. ``stake`` is what it costs, ``replay`` the command."""

    invariant: str
    sentence: str
    stake: str
    when: str
    expected: str
    found: str
    beats: tuple[Beat, ...]
    replay: str


def tell(verdict: RunVerdict, breach: Breach) -> Story:
    """The story of one breach of a run."""
    return Story(
        invariant=breach.invariant,
        sentence=breach.sentence,
        stake=stake(breach.units, breach.money_minor, verdict.currency),
        when=clock(breach.at_s),
        expected=breach.expected,
        found=breach.found,
        beats=tuple(
            Beat(item.no, clock(item.record.t), where(item.record), what(item.record))
            for item in breach.evidence
        ),
        replay=replay_command(verdict),
    )


def clock(at_s: float) -> str:
    """Run time as hours, minutes, seconds and milliseconds: ``0:12:03.250``."""
    millis = round(at_s * 1000)
    seconds, millis = divmod(millis, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}.{millis:03d}"


def money(minor: int, currency: str) -> str:
    """Minor units as an amount with two decimals: ``59.97 GBP``."""
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), 100)
    return f"{sign}{whole:,}.{part:02d} {currency}"


def stake(units: int, minor: int, currency: str) -> str:
    """What is at stake: ``3 units, 59.97 GBP``; "" when neither is known."""
    parts = []
    if units:
        parts.append(f"{units:,} unit" if units == 1 else f"{units:,} units")
    if minor:
        parts.append(money(minor, currency))
    return ", ".join(parts)


def replay_command(verdict: RunVerdict) -> str:
    """The command that plays this run again."""
    words = ["peakproof", "check" if verdict.mode == "live" else "run", verdict.file or verdict.id]
    words += ["--seed", str(verdict.seed)]
    if verdict.mode == "live":  # its options and the rest of its command are not in a verdict
        return f"{shlex.join(words)} … -- {shlex.quote(verdict.connector)} …"
    if verdict.connector != "reference":
        words += ["--connector", verdict.connector]
    if verdict.policy not in ("", "in_order"):
        words += ["--policy", verdict.policy]
    for guard in verdict.without:
        words += ["--without", guard]
    for key, value in verdict.settings.items():
        words += ["--set", f"{key}={_toml(value)}"]
    return shlex.join(words)


def _toml(value: Any) -> str:
    """A value as TOML on one line, as ``--set`` reads it."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_quoted(key)} = {_toml(one)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return _quoted(value)


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)  # TOML has no surrogates


def where(record: AnyRecord) -> str:
    """Where something happened: in the ledger, at the desk, in the books, in a system …"""
    if isinstance(record, say.Move | say.Balance):
        return "ledger"
    if isinstance(record, say.Desk):
        return "desk"
    if isinstance(record, say.Strike):
        return "weather"
    if isinstance(record, say.Batch | say.Booked):
        return "books"
    return str(getattr(record, "system", "run"))


def what(record: AnyRecord) -> str:
    """What happened, in one line."""
    tell_it = _TELLS.get(type(record))
    return tell_it(record) if tell_it is not None else type(record).__name__.lower()


def _lines(lines: tuple[Line, ...]) -> str:
    return ", ".join(f"{line.units} {line.sku}" for line in lines) or "everything"


def _by(record: Any, cause: str = "") -> str:
    """Who did it, and why if that is known: ``by connector: write, call 12``."""
    parts = [part for part in (cause, f"call {record.n}" if record.n else "") if part]
    return f"(by {record.by}{': ' if parts else ''}{', '.join(parts)})"


def _call(record: say.Call) -> str:
    outcome = record.outcome if not record.status else f"{record.status} {record.outcome}"
    about = f" {record.keys[0]}" if record.keys else ""
    struck = f", struck by {record.strike}" if record.strike else ""
    return f"call {record.n}: {record.op}{about} -> {outcome}{struck}"


def _hook(record: say.Hook) -> str:
    struck = f", struck by {record.strike}" if record.strike else ""
    return f"notice {record.event} {record.key} -> {record.status or record.outcome}{struck}"


def _move(record: say.Move) -> str:
    about = f" for {record.ref}" if record.ref else ""
    return (
        f"{record.units} {record.sku} from {record.src} to {record.dst}{about} "
        f"({record.by}: {record.cause})"
    )


def _level(record: say.Level) -> str:
    place = f" at {record.place}" if record.place else ""
    figure = f"{record.available} free"
    if record.on_hand != record.available:
        figure += f" of {record.on_hand} on hand"
    return f"{record.sku}{place}: {figure} {_by(record, record.cause)}"


def _placed(record: say.Placed) -> str:
    places = dict.fromkeys(line.place for line in record.lines if line.place)
    at = f" from {', '.join(places)}" if places else ""
    return f"order {record.order} accepted: {_lines(record.lines)}{at}"


def _payment(record: say.Payment) -> str:
    amount = money(record.amount_minor, "").strip()
    return f"order {record.order}: payment {record.what}, {amount} {_by(record)}"


def _order_state(record: say.OrderState) -> str:
    old = f" {record.old} ->" if record.old else ""
    return f"order {record.order}: {record.what}{old} {record.new} {_by(record)}"


def _work(record: say.Work) -> str:
    refs = ", ".join(ref for ref in record.refs if ref)
    return f"{record.number} taken at {record.place} ({refs}): {_lines(record.lines)}"


def _sale(record: say.Sale) -> str:
    late = f", made at {clock(record.occurred)}" if record.t - record.occurred > 1 else ""
    return f"{record.what} {record.sale} at {record.place}: {_lines(record.lines)}{late}"


def _parcel(record: say.Parcel) -> str:
    tracking = f" ({record.tracking})" if record.tracking else ""
    return f"{record.number}: parcel {record.parcel}{tracking} {record.what}: " + _lines(
        record.lines
    )


def _document(record: say.Document) -> str:
    amount = money(record.amount_minor, "").strip()
    return f"order {record.order}: {record.kind} {record.number} over {amount}, {record.state}"


def _reservation(record: say.Reservation) -> str:
    at = f" in {record.place}" if record.place else ""
    why = f" ({record.event})" if record.event else ""
    return f"order {record.order or '?'}: reservation {record.units:+d} {record.sku}{at}{why}"


def _booked(record: say.Booked) -> str:
    amount, tax = money(record.amount_minor, record.currency), money(record.tax_minor, "").strip()
    account = record.account or "no account"
    return f"{record.batch}: {record.kind} {record.ref}, {amount} (tax {tax}) to {account}"


_TELLS: Final[dict[type[Any], Callable[[Any], str]]] = {
    say.Move: _move,
    say.Balance: lambda r: f"{r.units} {r.sku} left at {r.place}",
    say.Level: _level,
    say.Call: _call,
    say.Hook: _hook,
    say.Desk: lambda r: f"{r.key} reported to {r.owner or 'nobody'}: {r.kind}, {r.reason}",
    say.Strike: lambda r: f"{r.kind} on call {r.nth} of {r.op}",
    say.Placed: _placed,
    say.Withdrawn: lambda r: f"order {r.order}: {_lines(r.lines)} withdrawn {_by(r, r.cause)}",
    say.CancelAsked: lambda r: f"order {r.order}: cancellation wanted {_by(r)}",
    say.Payment: _payment,
    say.OrderState: _order_state,
    say.Work: _work,
    say.WorkState: lambda r: f"{r.number}: {r.new} {_by(r)}",
    say.WorkCut: lambda r: f"{r.number}: {_lines(r.lines)} will not ship ({r.cause})",
    say.Refused: lambda r: f"{r.key} refused: {r.reason} {r.detail}".rstrip(),
    say.Parcel: _parcel,
    say.Confirmed: lambda r: f"order {r.order}: {_lines(r.lines)} confirmed as {r.ref or '?'}",
    say.Notice: lambda r: f"order {r.order}: the customer is told: {r.what} {r.ref}".rstrip(),
    say.Sale: _sale,
    say.Activity: lambda r: f"{r.what} {', '.join(r.refs)} booked at {r.place}: {_lines(r.lines)}",
    say.Counted: lambda r: f"{r.sku} at {r.place} counted: {r.units} at {clock(r.occurred)}",
    say.Item: lambda r: f"{r.sku} is known from now on",
    say.Reservation: _reservation,
    say.Document: _document,
    say.Charged: lambda r: (
        f"{r.what} {r.ref} came to {money(r.amount_minor, r.currency)}, "
        f"{money(r.tax_minor, '').strip()} of it tax"
    ),
    say.Batch: lambda r: f"batch {r.batch} for {r.period} closed: {r.entries} entries",
    say.Booked: _booked,
    say.TurnedAway: lambda r: f"a customer goes without {r.units} {r.sku}: {r.why}",
}
"""How each kind of record is told."""

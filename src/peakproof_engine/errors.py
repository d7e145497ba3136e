"""What can come of a call or of a configuration, as types: whose fault, and what may be done."""

from __future__ import annotations


class EngineError(Exception):
    """The root of everything that the engine raises on purpose."""


class ConfigError(EngineError, ValueError):
    """The configuration is wrong; the message names file, line and field where they are known."""


class StoreError(EngineError):
    """The store cannot be used: another schema version, or a file that is no database."""


class CallError(EngineError):
    """A call did not bring the answer that it was made for."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")
        self.what = what
        self.why = why


class UnknownOutcome(CallError):
    """Nobody can say whether the call took effect: look before doing it again."""


class TimedOut(UnknownOutcome):
    """No answer in time: the call may have taken effect, and it may still do so later."""


class Failed(CallError):
    """The call did not take effect (no connection was made): doing it again is safe."""


class NotNow(CallError):
    """The system asks to wait, or is away; the call was not made or had no effect."""

    def __init__(self, what: str, why: str, *, delay_s: float) -> None:
        super().__init__(what, why)
        self.delay_s = delay_s


class Refused(CallError):
    """The system read the call and said no. ``code`` is the vendor's word, if it has one."""

    def __init__(self, what: str, why: str, *, status: int, code: str = "") -> None:
        super().__init__(what, why)
        self.status = status
        self.code = code


class Blocked(Refused):
    """Something stands in the way that somebody can lift: it is taken then. ``code`` says what."""


class Conflict(Refused):
    """The record was changed by somebody else since it was read: read again, decide again."""

"""Every error that peakproof raises, by whose fault it is.

A finding about a connector is never an exception: it is a
:class:`peakproof.judging.verdict.Breach`.
"""

from __future__ import annotations


class PeakproofError(Exception):
    """The root: everything that peakproof raises on purpose."""

    exit_code = 5


class UsageError(PeakproofError):
    """The user asked for something that does not exist or cannot be: exit code 2."""

    exit_code = 2


class ScenarioError(UsageError):
    """A scenario or configuration file is wrong; the message names file, line and field."""


class ConnectorError(PeakproofError):
    """The connector did not start, ended early or never answered: exit code 4."""

    exit_code = 4


class HarnessFault(PeakproofError):
    """Something inside peakproof is wrong: a fake, the ledger, an invariant. Never a verdict."""


class SimulatorFault(HarnessFault):
    """A fake was asked for something that it does not model, or it contradicts itself."""


class FenceError(PeakproofError):
    """Code inside a virtual run reached for real time, a real socket or a real thread."""

    exit_code = 4


class Deadlock(PeakproofError):
    """Nothing is left that could happen, and tasks still wait. The message lists them."""

    exit_code = 4

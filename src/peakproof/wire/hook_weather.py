"""The weather that strikes notifications on their way to the connector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from peakproof.wire.call_weather import Positive, Seconds
from peakproof.wire.kinds import HookFate, HookWeather, kind


@kind("webhook_delay", on="hook", role="adds")
class WebhookDelay(HookWeather, frozen=True):
    """The notification arrives late, by a time between two limits.

    ``delay_s`` at least; up to ``at_most_s`` when that is more.
    """

    delay_s: Positive = 30.0
    at_most_s: Seconds = 0.0

    def concrete(self, draw: Callable[[], float]) -> WebhookDelay:
        """See :meth:`Parameters.concrete`."""
        room = max(0.0, self.at_most_s - self.delay_s)
        delay_s = self.delay_s + room * draw() if room else self.delay_s
        return msgspec.structs.replace(self, delay_s=delay_s, at_most_s=0.0)

    def strike(self, fate: HookFate) -> None:
        """See :meth:`HookWeather.strike`."""
        fate.delay_s += self.delay_s


@kind("webhook_loss", on="hook", role="decides")
class WebhookLoss(HookWeather, frozen=True):
    """The notification is lost, for good or for its first attempts.

    ``attempts`` 0: no attempt ever arrives, however often the vendor tries again.
    """

    attempts: Annotated[int, msgspec.Meta(ge=0)] = 0

    def strike(self, fate: HookFate) -> None:
        """See :meth:`HookWeather.strike`."""
        fate.lost = self.attempts or -1


@kind("webhook_repeat", on="hook", role="adds")
class WebhookRepeat(HookWeather, frozen=True):
    """The notification arrives several times, some of them at the same instant.

    ``copies`` deliveries within ``spread_s`` seconds, on average half of them at the instant of
    the first. ``offsets_s`` fixes them one by one.
    """

    copies: Annotated[int, msgspec.Meta(ge=2, le=15)] = 2
    spread_s: Seconds = 5.0
    offsets_s: tuple[Seconds, ...] = ()

    def concrete(self, draw: Callable[[], float]) -> WebhookRepeat:
        """See :meth:`Parameters.concrete`."""
        if self.offsets_s:
            return self
        late = [draw() < 0.5 for _copy in range(self.copies - 1)]
        drawn = tuple(self.spread_s * draw() if behind else 0.0 for behind in late)
        return msgspec.structs.replace(self, offsets_s=(0.0, *drawn))

    def strike(self, fate: HookFate) -> None:
        """See :meth:`HookWeather.strike`."""
        fate.offsets_s = self.offsets_s


@kind("webhook_reorder", on="hook", role="adds")
class WebhookReorder(HookWeather, frozen=True):
    """The notification is held back until a later one has arrived.

    ``behind``: a later one of the same ``key``, or of the whole ``system``. When none comes
    within ``at_most_s`` seconds it is delivered all the same.
    """

    behind: Literal["key", "system"] = "key"
    at_most_s: Positive = 60.0

    def strike(self, fate: HookFate) -> None:
        """See :meth:`HookWeather.strike`."""
        fate.held = self.behind
        fate.at_most_s = self.at_most_s

"""Rate limits and the forms in which a vendor says when to come back."""

from __future__ import annotations

import simpy

from peakproof.clock import Clock
from peakproof.wire.answers import html_page, retry_header
from peakproof.wire.kinds import Retry, RetryForm
from peakproof.wire.limiter import limiter


def test_a_token_bucket_lets_its_limit_pass_at_once_and_then_one_at_a_time() -> None:
    bucket = limiter("token_bucket", limit=4, per_s=2.0)
    assert [bucket.wait_s(0.0) for _call in range(5)] == [0.0, 0.0, 0.0, 0.0, 0.5]
    assert bucket.wait_s(0.3) == 0.2
    assert bucket.wait_s(0.5) == 0.0
    assert bucket.wait_s(0.5) == 0.5


def test_a_token_bucket_holds_no_more_than_its_limit_after_a_quiet_time() -> None:
    bucket = limiter("token_bucket", limit=2, per_s=1.0)
    assert [bucket.wait_s(1000.0) > 0 for _call in range(3)] == [False, False, True]


def test_whoever_waits_as_long_as_a_bucket_says_always_passes() -> None:
    bucket = limiter("token_bucket", limit=3, per_s=0.7)
    now_s = 0.0
    refused = 0
    for _call in range(500):
        wait_s = bucket.wait_s(now_s)
        if wait_s:
            refused += 1
            now_s += wait_s
            assert bucket.wait_s(now_s) == 0.0
    assert refused > 200


def test_a_fixed_window_refuses_until_the_next_window_begins() -> None:
    window = limiter("fixed_window", limit=2, per_s=60.0)
    assert [window.wait_s(50.0), window.wait_s(51.0), window.wait_s(52.0)] == [0.0, 0.0, 8.0]
    assert window.wait_s(60.0) == 0.0


def _written(form: RetryForm, wait_s: float) -> dict[str, str]:
    env = simpy.Environment(initial_time=10)
    return retry_header(Retry(wait_s, form, "retry-after"), Clock(env))


def test_when_to_come_back_is_written_in_each_vendors_form() -> None:
    assert _written("seconds", 1.2) == {"retry-after": "2"}
    assert _written("seconds", 0.0) == {"retry-after": "1"}
    assert _written("http_date", 1.2) == {"retry-after": "Fri, 27 Nov 2026 06:00:12 GMT"}
    assert _written("iso", 1.25) == {"retry-after": "2026-11-27T06:00:11.250Z"}
    assert _written("none", 1.2) == {}
    epoch_s = int(_written("epoch", 1.2)["retry-after"])
    assert epoch_s == Clock(simpy.Environment()).epoch_s + 12


def test_a_gateways_page_names_the_status_and_is_no_json() -> None:
    assert html_page(503).startswith(b"<!DOCTYPE html>")
    assert b"503 Service Unavailable" in html_page(503)
    assert b"200" not in html_page(200)
    assert b"599 Error" in html_page(599)

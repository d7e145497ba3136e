"""Who may call V1, and in which form it is answered."""

from __future__ import annotations

import base64

import pytest
from tests.contract.deposco.depot import Depot, from_xml

from peakproof.wire.message import Request


@pytest.mark.parametrize(
    "authorization", ["", "Basic !!", "Bearer x", f"Basic {base64.b64encode(b'a:b').decode()}"]
)
def test_wrong_credentials_are_a_401_with_nothing_in_it(depot: Depot, authorization: str) -> None:
    answer = depot.v1("GET", "/items/TEE", headers={"authorization": authorization})
    assert (answer.status, answer.raw) == (401, b"")
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_another_tenants_code_is_a_401(depot: Depot) -> None:
    known = depot.service.credentials
    pair = base64.b64encode(f"{known['user']}:{known['password']}".encode()).decode()
    headers = {"authorization": f"basic {pair}"}
    answer = depot.send(Request("GET", "/integration/OTHER/items/TEE", "", headers))
    assert answer.status == 401
    assert depot.send(Request("GET", "/integration/PEAK/items/TEE", "", headers)).status == 200


def test_reads_that_have_only_xml_refuse_who_takes_only_json(depot: Depot) -> None:
    depot.place("A1")
    for path in ("/orders/Sales%20Order/A1", "/status/order/Sales%20Order/A1",
                 "/status/order/search?type=Sales%20Order",
                 "/status/order/20261127,20261127"):  # fmt: skip
        answer = depot.v1("GET", path, accept="application/json")
        assert (answer.status, answer.raw) == (400, b"")
        for accept in ("application/json, */*", "text/xml", "", "text/html"):
            assert depot.v1("GET", path, accept=accept).status == 200


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/json", "json"),
        ("*/*", "xml"),
        ("", "xml"),
        ("application/json;q=0.5, application/xml", "xml"),
        ("application/json, text/plain, */*", "json"),
        ("application/json;q=0, */*;q=0.1", "xml"),
        ("application/json;q=high", "xml"),
    ],
)
def test_the_form_of_an_answer_is_the_one_that_is_liked_best(
    depot: Depot, accept: str, form: str
) -> None:
    answer = depot.v1("GET", "/items/TEE", accept=accept)
    assert answer.headers["content-type"] == f"application/{form}"
    number = answer["number"] if form == "json" else from_xml(answer.raw)["number"]
    assert number == "TEE"

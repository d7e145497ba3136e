"""What each shape makes of its payloads."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.patchworks.works import Works, flow, pull, push

from peakproof_simulators.patchworks.effects import Ask
from peakproof_simulators.patchworks.runs import FAILURE, PARTIAL_SUCCESS, STOPPED, SUCCESS

ORDER: dict[str, Any] = {
    "id": "o-1", "number": "N-1", "lines": [
        {"id": "l1", "sku": "TEE", "units": 2, "price": 1200, "place": "shop-1"},
        {"id": "l2", "sku": "SET", "units": 1, "price": 1000, "place": "shop-1"},
    ],
}  # fmt: skip


@pytest.fixture
def works() -> Works:
    return Works(saved_payloads="all", api_per_minute=0)


def test_a_map_makes_a_record_of_its_own(works: Works) -> None:
    fields = {
        "order.number": "number",
        "order.first": "lines.0.sku",
        "order.skus": "lines.*.sku",
        "order.absent": "nothing.here",
        "order.key": {"text": "order:{number}/{$run.flow}"},
        "order.kind": {"const": "Sales"},
        "order.lines": {
            "each": "lines",
            "fields": {
                "no": "$index", "of": "$outer.number",
                "price": {"from": "price", "then": [["decimal"]]},
                "units": {"from": "units", "then": [["text"]]},
            },
        },
    }  # fmt: skip
    run = works.flow({"shape": "map", "fields": fields}, payload=ORDER)
    assert works.out(run) == [
        {
            "order": {
                "number": "N-1", "first": "TEE", "skus": ["TEE", "SET"],
                "key": "order:N-1/tried", "kind": "Sales",
                "lines": [
                    {"no": 1, "of": "N-1", "price": "12.00", "units": "2"},
                    {"no": 2, "of": "N-1", "price": "10.00", "units": "1"},
                ],
            }
        }
    ]  # fmt: skip


def test_a_map_can_keep_what_was_there(works: Works) -> None:
    shape = {"shape": "map", "keep": True, "fields": {"lines": {"const": []}, "a.b": "id"}}
    run = works.flow(shape, payload={"id": "o-1", "a": {"c": 1}, "lines": [1]})
    assert works.out(run) == [{"id": "o-1", "a": {"c": 1, "b": "o-1"}, "lines": []}]


@pytest.mark.parametrize(
    ("then", "given", "made"),
    [
        (["upper"], "ab", "AB"), (["lower"], "AB", "ab"), (["cut", 2], "abc", "ab"),
        (["first"], [1, 2], 1), (["last"], [1, 2], 2), (["count"], [1, 2], 2),
        (["total"], ["2", 3], 5), (["unique"], ["a", "b", "a"], ["a", "b"]),
        (["join", "-"], ["a", 1], "a-1"), (["units"], "3.0", 3), (["times", 2], 3, 6),
        (["text"], 12345.67, "12345.67"), (["text"], 1234567.0, "1234567"), (["text"], 7, "7"),
        (["text"], True, "true"), (["at_least", 0], -4, 0), (["many"], {"a": 1}, [{"a": 1}]),
        (["decimal", 3], 5, "0.005"), (["minor"], 19.99, 1999),
        (["replace", " ", "T"], "a b", "aTb"), (["age_s"], "1970-01-01T00:00:00Z", 1_795_759_200.0),
        (["keep", {"field": "a", "is": 1}], [{"a": 1}, {"a": 2}], [{"a": 1}]),
        (["lookup", "places"], "shop-1", "D1"),
        (["lookup", "places", "right_to_left"], "D1", "shop-1"),
    ],
)  # fmt: skip
def test_transforms(works: Works, then: list[Any], given: Any, made: Any) -> None:
    shape = {"shape": "map", "fields": {"made": {"from": "given", "then": [then]}}}
    tables = [{"name": "places", "places": ["shop", "depot"]}]
    run = works.flow(shape, payload={"given": given}, tables=tables)
    assert works.out(run) == [{"made": made}]


@pytest.mark.parametrize("given", ["many", "1e999999999", "inf", "NaN", {}, True])
def test_a_transform_that_does_not_fit_fails_the_payload(works: Works, given: Any) -> None:
    shape = {"shape": "map", "fields": {"made": {"from": "given", "then": [["units"]]}}}
    run = works.flow(shape, payload={"given": given})
    assert run.status == FAILURE
    assert run.summary.startswith(f"units of {given!r}")


@pytest.mark.parametrize(
    "shape",
    [
        {"shape": "script", "script": "confirmation"},
        {"shape": "lookup", "table": "t", "value": "a", "to": "b"},
        {"shape": "cache", "action": "load", "key": "k", "into": "b"},
        {"shape": "map", "fields": {"a.b": {"const": 1}, "a.b.c": {"const": 1}}},
        {"shape": "de_dupe", "mode": "filter", "pool": "p", "key": "id"},
    ],
    ids=str,
)
def test_a_payload_that_a_shape_was_not_made_for_fails_and_breaks_nothing(
    works: Works, shape: dict[str, Any]
) -> None:
    run = works.flow(shape, payload=[1], tables=[{"name": "t"}], pools=[{"name": "p"}], catch={})
    assert run.status == PARTIAL_SUCCESS


def test_a_list_of_one_that_came_bare_and_a_nil_are_read_as_what_they_are(works: Works) -> None:
    shape = {"shape": "map", "fields": {"skus": "lines.*.sku", "note": "note", "n": "lines.0.sku"}}
    run = works.flow(shape, payload={"lines": {"sku": "TEE"}, "note": {"@nil": "true"}})
    assert works.out(run) == [{"skus": ["TEE"], "n": "TEE"}]


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ({"field": "a", "is": 1}, [1]), ({"field": "a", "is_not": 1}, [2, 3]),
        ({"field": "a", "within": [2, 9]}, [2]), ({"field": "a", "not_within": [2]}, [1, 3]),
        ({"field": "a", "over": 1}, [2, 3]), ({"field": "a", "under": 2.5}, [1, 2]),
        ({"field": "b", "exists": True}, [2]), ({"field": "b", "contains": "ell"}, [2]),
        ({"any": [{"field": "a", "is": 1}, {"field": "a", "is": 3}]}, [1, 3]),
        ({"all": [{"field": "a", "over": 1}, {"field": "a", "under": 3}]}, [2]),
        ({"none": [{"field": "a", "is": 1}]}, [2, 3]),
    ],
)  # fmt: skip
def test_a_filter_keeps_what_fits(works: Works, where: Any, kept: list[int]) -> None:
    rows = [{"a": 1}, {"a": 2, "b": "hello"}, {"a": 3}]
    inside = {"shape": "filter", "list": "rows", "where": where}
    run = works.flow(inside, payload={"rows": rows})
    assert [row["a"] for row in works.out(run)[0]["rows"]] == kept
    whole = works.flow({"shape": "split"}, {"shape": "filter", "where": where}, payload=rows)
    assert [row["a"] for row in works.out(whole)] == kept


def test_split_and_flow_control_cut_a_list_up(works: Works) -> None:
    run = works.flow(
        {"shape": "split", "list": "lines", "around": True},
        {"shape": "map", "fields": {"sku": "sku", "of": "$meta.around.number"}},
        payload=ORDER,
    )
    assert works.out(run) == [{"sku": "TEE", "of": "N-1"}, {"sku": "SET", "of": "N-1"}]
    run = works.flow({"shape": "flow_control", "size": 2}, payload=[1, 2, 3, 4, 5])
    assert works.out(run) == [[1, 2], [3, 4], [5]]


def test_a_route_takes_the_first_branch_that_fits_and_joins_again(works: Works) -> None:
    mark = {"shape": "map", "keep": True}
    run = works.flow(
        {"shape": "split"},
        {
            "shape": "route",
            "routes": [
                {"where": {"field": "a", "over": 1}, "shapes": [{**mark, "fields": {"w": "a"}}]},
                {"where": {"field": "a", "over": 0}, "ends": True},
            ],
            "otherwise": [{**mark, "fields": {"w": {"const": "else"}}}],
        },
        {**mark, "fields": {"end": {"const": True}}},
        payload=[{"a": 0}, {"a": 1}, {"a": 2}],
    )
    assert works.out(run) == [{"a": 2, "w": 2, "end": True}, {"a": 0, "w": "else", "end": True}]


def test_a_cache_gives_back_what_was_kept_at_its_level(works: Works) -> None:
    works.install(
        flow(
            "keep",
            {"shape": "cache", "action": "add", "level": "company", "key": "k:{id}"},
            {"shape": "cache", "action": "append", "level": "company", "key": "all", "value": "id"},
            {"shape": "cache", "action": "add", "level": "flow_run", "key": "mine"},
        ),
        flow(
            "load",
            {"shape": "cache", "action": "load", "level": "company", "key": "k:{id}", "into": "x"},
            {"shape": "cache", "action": "load", "level": "company", "key": "all", "into": "all"},
            {"shape": "cache", "action": "load", "level": "flow_run", "key": "mine", "into": "m"},
        ),
    )
    works.play("keep", {"id": "1"})
    works.play("keep", {"id": "2"})
    loaded = works.play("load", {"id": "1"})
    assert works.out(loaded) == [{"id": "1", "x": {"id": "1"}, "all": ["1", "2"], "m": None}]


def test_save_all_pages_keeps_the_whole_bucket(works: Works) -> None:
    run = works.flow(
        {"shape": "split"},
        {"shape": "cache", "action": "save_all_pages", "key": "pages"},
        {"shape": "cache", "action": "load", "key": "pages"},
        payload=[{"a": 1}, {"a": 2}],
    )
    assert works.out(run)[0] == [{"a": 1}, {"a": 2}]


def test_a_full_cache_fails_the_shape() -> None:
    works = Works(cache_limit_bytes=20)
    run = works.flow({"shape": "cache", "action": "add", "key": "k"}, payload={"text": "x" * 20})
    assert (run.status, run.summary) == (FAILURE, "The cache is full: 31 of 20 bytes.")


@pytest.mark.parametrize(
    ("no_match", "found"), [("null", None), ("original", "M9"), ("fail", "failure")]
)
def test_a_lookup_without_a_match(works: Works, no_match: str, found: Any) -> None:
    shape = {"shape": "lookup", "table": "places", "value": "at", "to": "to.facility",
             "no_match": no_match}  # fmt: skip
    tables = [{"name": "places", "rows": [{"left_value": "A", "right_value": "B"}]}]
    hit = works.flow(shape, payload={"at": "A"}, tables=tables)
    assert works.out(hit) == [{"at": "A", "to": {"facility": "B"}}]
    miss = works.flow(shape, payload={"at": "M9"}, tables=tables)
    if found == "failure":
        assert miss.summary == "The cross-reference 'places' has no match for 'M9'."
    else:
        assert works.out(miss) == [{"at": "M9", "to": {"facility": found}}]


def test_the_setting_says_what_a_lookup_without_a_match_gives() -> None:
    works = Works(lookup_no_match="original", saved_payloads="all")
    shape = {"shape": "lookup", "table": "places", "value": "at", "to": "to"}
    run = works.flow(shape, payload={"at": "M9"}, tables=[{"name": "places"}])
    assert works.out(run) == [{"at": "M9", "to": "M9"}]


def test_bundles_are_exploded_and_their_price_is_shared_to_the_penny(works: Works) -> None:
    arguments = {"lines": "lines", "sku": "sku", "units": "units", "price": "price"}
    run = works.flow(
        {"shape": "script", "script": "explode_bundles", "arguments": arguments}, payload=ORDER
    )
    lines = works.out(run)[0]["lines"]
    assert [(line["sku"], line["units"]) for line in lines] == [("TEE", 2), ("CUP", 2), ("TRAY", 1)]
    assert [line["price"] for line in lines] == [1200, 333, 334]


def test_a_script_that_stumbles_fails_the_payload(works: Works) -> None:
    run = works.flow({"shape": "script", "script": "works_by_facility"}, payload={"lines": [{}]})
    assert (run.status, run.summary) == (FAILURE, "order None: no facility for line None")
    run = works.flow({"shape": "script", "script": "explode_bundles"}, payload={})
    assert run.summary == "Script 'explode_bundles': KeyError: 'lines'"


def test_a_manual_payload_replaces_the_bucket(works: Works) -> None:
    run = works.flow({"shape": "manual_payload", "payload": {"a": 1}}, payload={"b": 2})
    assert works.out(run) == [{"a": 1}]


def test_notify_tells_its_owner(works: Works) -> None:
    shape = {"shape": "notify", "key": "order:{number}", "kind": "unmapped", "owner": "operations",
             "reason": "{number} has {lines.0.sku}"}  # fmt: skip
    works.flow(shape, payload=ORDER)
    told = ("order:N-1", "unmapped", "operations", "N-1 has TEE")
    assert works.told == [told]
    assert works.service.inspect()["mails"][0]["reason"] == told[3]


def test_run_flow_starts_another_flow_through_the_queue(works: Works) -> None:
    works.install(flow("first", {"shape": "run_flow", "flow": "second"}), flow("second", push()))
    works.begin("first", {"id": "1"})
    works.run(29)
    assert works.runs("second") == []
    works.run(40)
    (run,) = works.runs("second")
    assert (run.job.trigger, run.status, run.started_s) == ("Shape", SUCCESS, 35.0)


def test_run_flow_needs_a_flow_that_can_run(works: Works) -> None:
    works.install(
        flow("first", {"shape": "run_flow", "flow": "second"}), flow("second", status="inactive")
    )
    run = works.play("first", {})
    assert run.summary == "The flow 'second' is not deployed and enabled."


def test_tracked_values_are_at_most_255_characters(works: Works) -> None:
    shape = {"shape": "track_data", "value": "id", "entity_type": 37}
    assert works.flow(shape, payload={"id": "x" * 255}).status == SUCCESS
    assert works.flow(shape, payload={"id": "x" * 256}).status == FAILURE
    lenient = Works(long_tracked_values="cut")
    lenient.flow(shape, payload={"id": "x" * 256})
    assert [row["value"] for row in lenient.get("/tracked-data").rows] == ["x" * 255]


# --- failing ------------------------------------------------------------------------------------


def _refuse(number: str) -> Any:
    def respond(asked: Ask) -> tuple[int, Any]:
        return (500, {"no": 1}) if number.encode() in asked.body else (200, {"yes": 1})

    return respond


def test_without_a_catch_one_bad_payload_fails_all_later_ones(works: Works) -> None:
    works.respond = _refuse("B")
    run = works.flow({"shape": "split"}, push(retries=0), push("/next"), payload=["A", "B", "C"])
    assert run.status == FAILURE
    assert works.paths() == ["POST /orders", "POST /orders"]


def test_with_a_catch_it_leaves_the_main_route(works: Works) -> None:
    works.respond = _refuse("B")
    told = {"shape": "notify", "key": "{$meta.failed_step}", "kind": "k", "owner": "o",
            "reason": "{$meta.error_message}"}  # fmt: skip
    run = works.flow(
        {"shape": "split"}, push(retries=0), push("/next"), payload=["A", "B", "C"],
        catch={"shapes": [told]},
    )  # fmt: skip
    assert (run.status, run.caught, run.has_warnings) == (PARTIAL_SUCCESS, 1, True)
    assert works.paths() == ["POST /orders"] * 3 + ["POST /next"] * 2
    assert works.told == [("1", "k", "o", '500 POST /orders (8 bytes): {"no":1}')]


@pytest.mark.parametrize(
    ("final", "status"),
    [("success", SUCCESS), ("partial_success", PARTIAL_SUCCESS), ("failure", FAILURE)],
)
def test_the_catch_says_how_the_run_ends(works: Works, final: str, status: int) -> None:
    works.respond = _refuse("B")
    run = works.flow(push(retries=0), payload="B", catch={"finally": final})
    assert run.status == status


def test_a_failure_inside_the_catch_fails_the_run(works: Works) -> None:
    works.respond = _refuse("B")
    run = works.flow(push(retries=0), payload="B", catch={"shapes": [push(retries=0)]})
    assert run.status == FAILURE


def test_a_shape_is_tried_three_more_times_and_a_connector_up_to_twice() -> None:
    works = Works()
    works.respond = lambda _asked: (503, {})
    assert works.flow(push(), payload={}).operations == 3
    assert works.flow(push(retries=1), payload={}).operations == 2
    pools = [{"name": "p"}]
    failing = {"shape": "lookup", "table": "t", "value": "a", "to": "b", "no_match": "fail"}
    run = works.flow(failing, payload={"a": 1}, pools=pools, tables=[{"name": "t"}])
    assert [line.level for line in run.logs].count("WARNING") == 3


def test_back_off_can_be_exponential() -> None:
    works = Works(retry_backoff="exponential", retry_first_s=2.0)
    works.respond = lambda _asked: (503, {})
    works.flow(push(), payload={})
    assert [round(t, 1) for t, _asked in works.sent] == [0.0, 2.1, 6.2]


def test_a_flow_that_is_disabled_mid_run_is_stopped(works: Works) -> None:
    works.install(flow("tried", push(), push("/next")))
    run = works.begin("tried", {})
    works.service.controls["disable"]({"flow": "tried"})
    works.run(10)
    assert (run.status, works.paths()) == (STOPPED, ["POST /orders"])


def test_a_pull_makes_a_payload_of_each_page_and_none_goes_on_before_the_last(
    works: Works,
) -> None:
    def respond(asked: Ask) -> tuple[int, Any]:
        if asked.method == "POST":
            return 200, {}
        start = int(asked.url.partition("offset=")[2].partition("&")[0])
        return 200, {"rows": list(range(start, min(start + 2, 5)))}

    works.respond = respond
    pages = {"kind": "offset", "parameter": "offset", "size": 2, "size_parameter": "limit"}
    run = works.flow(pull(rows="rows", pages=pages), push("/next"), payload={})
    assert works.paths() == [
        "GET /orders?offset=0&limit=2", "GET /orders?offset=2&limit=2",
        "GET /orders?offset=4&limit=2", *["POST /next"] * 3,
    ]  # fmt: skip
    assert [asked.body for _t, asked in works.sent[3:]] == [b"[0,1]", b"[2,3]", b"[4]"]
    assert run.operations == 6


def test_one_bad_page_fails_all(works: Works) -> None:
    works.respond = lambda asked: (500, {}) if "page=3" in asked.url else (200, {"rows": [1, 2]})
    pages = {"kind": "number", "parameter": "page", "first": 1, "size": 2}
    run = works.flow(pull(rows="rows", pages=pages, retries=0), push("/next"), payload={})
    assert run.status == FAILURE
    assert works.paths() == [f"GET /orders?page={number}" for number in (1, 2, 3)]

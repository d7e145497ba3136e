"""The PyPI client ``commercetools``, unchanged, against the shop that `peakproof serve` serves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.served.conftest import Access

pytest.importorskip("commercetools")

pytestmark = [
    pytest.mark.slow,
    # The client's marshmallow schemas use ways of marshmallow that are being phased out.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*marshmallow.*"),
]


class Forgetful:
    """Keeps no token: the client's own keeper hands one server's token to the next one."""

    def add_token(self, *_: object) -> None:
        """Take note of nothing."""

    def get_token(self, *_: object) -> None:
        """Remember nothing."""


@pytest.fixture
def project(served: Access, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The client's entry to the project, logged in with what the command printed."""
    from commercetools.platform.client import Client  # noqa: PLC0415

    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    shop = served["commercetools"]
    client: Any = Client(  # type: ignore[no-untyped-call]  # the client has no types here
        client_id=shop["client_id"],
        client_secret=shop["client_secret"],
        scope=[shop["scope"]],
        url=shop["url"],
        token_url=shop["auth_url"],
        token_saver=Forgetful(),
    )
    yield client.with_project_key(shop["project_key"])
    client._http_client.close()  # it has no way of its own to end its connections


def test_the_client_reads_and_pages_through_the_served_stock(project: Any) -> None:
    seen: list[str] = []
    last = ""
    while True:
        where = [f'id > "{last}"'] if last else []
        page = project.inventory().get(where=where, sort=["id asc"], limit=10, with_total=False)
        if not page.results:
            break
        assert len(page.results) <= 10
        seen += [entry.sku for entry in page.results if not entry.sku.startswith("CLIENT-")]
        last = page.results[-1].id
    assert (len(seen), len(set(seen))) == (36, 12)


def test_the_client_writes_and_meets_an_error_and_a_conflict(project: Any) -> None:
    from commercetools.exceptions import CommercetoolsError  # noqa: PLC0415
    from commercetools.platform import models  # noqa: PLC0415

    draft = models.InventoryEntryDraft(sku="CLIENT-1", quantity_on_stock=4)
    made = project.inventory().post(body=draft)
    assert (made.version, made.available_quantity) == (1, 4)
    update = models.InventoryEntryUpdate(
        version=1, actions=[models.InventoryEntryChangeQuantityAction(quantity=7)]
    )
    entry = project.inventory().with_id(made.id)
    assert entry.post(body=update).quantity_on_stock == 7
    with pytest.raises(CommercetoolsError) as conflict:
        entry.post(body=update)
    assert conflict.value.code == "ConcurrentModification"
    assert conflict.value.errors[0]["currentVersion"] == 2
    with pytest.raises(CommercetoolsError) as twin:
        project.inventory().post(body=draft)
    assert twin.value.code == "DuplicateField"
    assert entry.get().quantity_on_stock == 7

"""How each vendor's system is reached, and what part it can play in an estate.

The parts: ``stock`` (it can master stock), ``fulfilment`` (it picks and ships), ``items`` (it has
an item master), ``orders`` (a web shop: it masters orders and sells), ``sales`` (the tills).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1)]
Part = Literal["stock", "fulfilment", "items", "orders", "sales", "finance"]


class DeposcoAccess(msgspec.Struct, frozen=True):
    """The warehouse system: V1 by user and password, V2 by client id and secret.

    ``company`` and ``env`` go with the token where the tenant wants them. ``utc_offset_s`` is
    the tenant's zone, in which V1 means dates without one. Further keys are not read.
    """

    url: Text
    code: Text
    business_unit: Text
    user: Text
    password: Text
    client_id: Text
    client_secret: Text
    auth_url: str = ""
    company: str = ""
    env: str = ""
    utc_offset_s: float = 0.0


class CommercetoolsAccess(msgspec.Struct, frozen=True):
    """The web shop. ``auth_url`` is where tokens come from, the same host unless given.

    ``order_page`` is how many orders a sweep asks for at a time. Further keys are not read.
    """

    url: Text
    project_key: Text
    client_id: Text
    client_secret: Text
    scope: Text
    auth_url: str = ""
    order_page: Annotated[int, msgspec.Meta(ge=1, le=500)] = 500


class PosAccess(msgspec.Struct, frozen=True):
    """The tills; the places of the stores are location ids.

    With a refresh token an access token that has run out is renewed. Further keys are not read.
    """

    url: Text
    access_token: Text
    merchant_id: str = ""
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""


class CentraAccess(msgspec.Struct, frozen=True):
    """The storefront of several markets; its token is made, and renewed, in the admin.

    ``order_page`` is how many orders a sweep asks for at a time. Further keys are not read.
    """

    url: Text
    integration_token: Text
    order_page: Annotated[int, msgspec.Meta(ge=1, le=200)] = 200


class AdobeCommerceAccess(msgspec.Struct, frozen=True):
    """The web shop over several sources. ``store`` is the scope of its paths.

    ``order_page`` is how many orders a sweep asks for at a time. Further keys are not read.
    """

    url: Text
    admin_user: Text
    admin_password: Text
    store: Text = "all"
    order_page: Annotated[int, msgspec.Meta(ge=1, le=300)] = 300


class Systems(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The systems of an estate and how to reach them."""

    deposco: DeposcoAccess | None = None
    commercetools: CommercetoolsAccess | None = None
    pos: PosAccess | None = None
    centra: CentraAccess | None = None
    adobe_commerce: AdobeCommerceAccess | None = None


System = Literal["deposco", "commercetools", "pos", "centra", "adobe_commerce"]


class Masters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which system owns which record; everything else holds a copy ("": there is none).

    ``fulfilment`` is the system that picks and ships, ``finance`` the one on whose records finance
    closes its books.
    """

    stock: System = "deposco"
    fulfilment: System = "deposco"
    orders: System = "commercetools"
    items: System = "commercetools"
    sales: System | Literal[""] = "pos"
    finance: System | Literal[""] = ""


PARTS: Final[dict[str, tuple[Part, ...]]] = {
    "deposco": ("stock", "fulfilment", "items"),
    "commercetools": ("orders", "items"),
    "pos": ("sales", "stock", "fulfilment", "items", "finance"),
    "centra": ("orders", "items"),
    "adobe_commerce": ("orders", "items"),
}
"""What there are adapters for. A product master is also whoever feeds the item master."""

Integration = Literal[
    "pos_deposco", "commercetools_deposco", "centra_deposco", "pos_adobe_commerce"
]

INTEGRATIONS: Final[dict[Integration, tuple[System, ...]]] = {
    "pos_deposco": ("pos", "deposco"),
    "commercetools_deposco": ("commercetools", "deposco"),
    "centra_deposco": ("centra", "deposco"),
    "pos_adobe_commerce": ("pos", "adobe_commerce"),
}
"""The systems that an integration cannot be without."""

ENTRY_WITHOUT_PLACE: Final = ("commercetools",)
"""Shops that can sell from one entry without a place: an empty place is one, too."""


PHYSICAL: Final = ("adobe_commerce",)
"""Shops whose figures are what lies there: orders do not lower them, shipments do."""


def plays(system: str, part: Part) -> bool:
    """Whether a system can play a part."""
    return part in PARTS[system]

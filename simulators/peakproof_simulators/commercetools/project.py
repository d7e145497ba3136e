"""Puts a project together: collections, rules, subscriptions, extensions, tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from peakproof_simulators.commercetools import (
    cart_rules,
    carts,
    catalogue,
    channels,
    definitions,
    extensions,
    imports,
    inventory,
    moments,
    order_rules,
    orders,
    payments,
    stock_updates,
    subscriptions,
)
from peakproof_simulators.commercetools.auth import Tokens
from peakproof_simulators.commercetools.collection import Collection
from peakproof_simulators.commercetools.faces import Business
from peakproof_simulators.commercetools.operations import Part
from peakproof_simulators.commercetools.payloads import carts as cart_payload
from peakproof_simulators.commercetools.payloads import catalogue as catalogue_payload
from peakproof_simulators.commercetools.payloads import definitions as definition_payload
from peakproof_simulators.commercetools.payloads import hooks as hook_payload
from peakproof_simulators.commercetools.payloads import inventory as stock_payload
from peakproof_simulators.commercetools.payloads import messages as message_payload
from peakproof_simulators.commercetools.payloads import order_actions as action_payload
from peakproof_simulators.commercetools.payloads import orders as order_payload
from peakproof_simulators.commercetools.payloads import payments as payment_payload
from peakproof_simulators.commercetools.settings import Settings
from peakproof_simulators.commercetools.state import Kind, Project
from peakproof_simulators.commercetools.stock import StockRoom, key_of

if TYPE_CHECKING:
    from peakproof.world import World

MESSAGE_STRUCTS: tuple[type[Any], ...] = message_payload.AnyMessage.__args__


def make(world: World, settings: Settings) -> Project:
    """An empty project with everything that it needs."""
    project = Project(world, settings)
    project.stock = StockRoom(project)
    project.catalogue = catalogue.Catalogue(project)
    project.outbox = subscriptions.Outbox(project)
    project.extensions = extensions.Extensions(project)
    project.tokens = Tokens(project)
    for kind in _kinds(project):
        project.register(kind)
    return project


def _kinds(project: Project) -> tuple[Kind, ...]:
    return (
        Kind(
            "inventory-entry", "inventory", stock_payload.InventoryEntry, project.entries,
            inventory.RULES, inventory.identifiers,
        ),
        Kind(
            "channel", "channels", stock_payload.Channel, project.channels, channels.RULES,
            channels.identifiers,
        ),
        Kind(
            "cart", "carts", cart_payload.Cart, project.carts, cart_rules.RULES,
            carts.identifiers,
        ),
        Kind(
            "order", "orders", order_payload.Order, project.orders, order_rules.RULES,
            orders.identifiers,
        ),
        Kind(
            "payment", "payments", payment_payload.Payment, project.payments, payments.RULES,
            payments.identifiers,
        ),
        Kind(
            "product", "products", catalogue_payload.Product, project.products,
            catalogue.PRODUCT_RULES, catalogue.identifiers,
        ),
        Kind(
            "product-type", "product-types", catalogue_payload.ProductType,
            project.product_types, definitions.PRODUCT_TYPE_RULES, definitions.identifiers,
        ),
        Kind(
            "type", "types", definition_payload.Type, project.types, definitions.TYPE_RULES,
            definitions.identifiers,
        ),
        Kind(
            "state", "states", definition_payload.State, project.states, definitions.STATE_RULES,
            definitions.identifiers,
        ),
        Kind(
            "subscription", "subscriptions", hook_payload.Subscription,
            project.outbox.collection, subscriptions.RULES, subscriptions.identifiers,
        ),
        Kind(
            "extension", "extensions", hook_payload.Extension, project.extensions.collection,
            extensions.RULES, extensions.identifiers,
        ),
    )  # fmt: skip


# --- names that a judge reads ---------------------------------------------------------------


def _order_key(project: Project, order: Any) -> str:
    promise = project.promises.get(order.id)
    return promise.key if promise is not None else f"order:{order.order_number or order.id}"


def _payment_key(project: Project, payment: Any) -> str:
    promise = project.promises.get(project.order_of_payment.get(payment.id, ""))
    return promise.key if promise is not None else f"payment:{payment.id}"


def _product_key(_: Project, product: Any) -> str:
    variant = product.master_data.staged.master_variant
    return f"item:{variant.sku}" if variant.sku is not None else f"product:{product.id}"


def _message_key(project: Project, message: Any) -> str:
    return project.outbox.key_of(message.resource)


def _cart_key(_: Project, cart: Any) -> str:
    return f"cart:{cart.id}"


def _named_key(_: Project, resource: Any) -> str:
    return f"{type(resource).__name__.lower()}:{resource.key or resource.id}"


def _order_hint(draft: Any) -> str | None:
    return f"order:{draft.order_number}" if draft.order_number is not None else None


def parts(project: Project) -> tuple[Part, ...]:
    """How each kind of resource appears in the table of operations."""
    products = ("view_products", "manage_products")
    return (*_stock_parts(project, products), *_sales_parts(project), *_other_parts(project))


def _stock_parts(project: Project, products: tuple[str, ...]) -> tuple[Part, ...]:
    kinds = project.kinds
    return (
        Part(
            Business(
                kinds["inventory-entry"], inventory.create, stock_payload.InventoryEntryDraft,
                stock_payload.InventoryEntryUpdate, stock_payload.InventoryPagedQueryResponse,
                inventory.delete, key_of,
                hint=lambda draft: f"item:{draft.sku}",
            ),
            "inventory", products, ("manage_products",), "stock", quick=stock_updates.quick,
        ),
        Part(
            Business(
                kinds["channel"], channels.create, stock_payload.ChannelDraft,
                stock_payload.ChannelUpdate, stock_payload.ChannelPagedQueryResponse,
                channels.delete, _named_key,
            ),
            "channel", products, ("manage_products",), "write",
        ),
        Part(
            Business(
                kinds["product"], catalogue.create, catalogue_payload.ProductDraft,
                catalogue_payload.ProductUpdate, catalogue_payload.ProductPagedQueryResponse,
                catalogue.delete, _product_key, shown=project.catalogue.shown,
            ),
            "product", products, ("manage_products",), "write",
        ),
        Part(
            Business(
                kinds["product-type"], definitions.create_product_type,
                catalogue_payload.ProductTypeDraft, catalogue_payload.ProductTypeUpdate,
                catalogue_payload.ProductTypePagedQueryResponse,
                definitions.delete_product_type, _named_key,
            ),
            "product_type", products, ("manage_products",), "write",
        ),
    )  # fmt: skip


def _sales_parts(project: Project) -> tuple[Part, ...]:
    kinds = project.kinds
    view, manage = ("view_orders", "manage_orders"), ("manage_orders",)
    return (
        Part(
            Business(
                kinds["cart"], carts.create, cart_payload.CartDraft, cart_payload.CartUpdate,
                cart_payload.CartPagedQueryResponse, carts.delete, _cart_key,
            ),
            "cart", view, manage, "write",
        ),
        Part(
            Business(
                kinds["order"], orders.create, order_payload.OrderFromCartDraft,
                action_payload.OrderUpdate, order_payload.OrderPagedQueryResponse, orders.delete,
                _order_key, named=("orderNumber", ("orderNumber",)), hint=_order_hint,
            ),
            "order", view, manage, "write", "order-number={orderNumber}",
        ),
        Part(
            Business(
                kinds["payment"], payments.create, payment_payload.PaymentDraft,
                payment_payload.PaymentUpdate, payment_payload.PaymentPagedQueryResponse,
                payments.delete, _payment_key,
            ),
            "payment", ("view_payments", "manage_payments"), ("manage_payments",), "write",
        ),
    )  # fmt: skip


def _other_parts(project: Project) -> tuple[Part, ...]:
    kinds = project.kinds
    hooks, asked = ("manage_subscriptions",), ("manage_extensions",)
    log = project.log.messages if project.settings.messages_enabled else _nothing(project)
    message_kind = Kind("message", "messages", message_payload.Message, log, {}, lambda _: None)
    return (
        Part(
            Business(
                kinds["type"], definitions.create_type, definition_payload.TypeDraft,
                definition_payload.TypeUpdate, definition_payload.TypePagedQueryResponse,
                definitions.delete_type, _named_key,
            ),
            "type", ("view_types", "manage_types"), ("manage_types",), "write",
        ),
        Part(
            Business(
                kinds["state"], definitions.create_state, definition_payload.StateDraft,
                definition_payload.StateUpdate, definition_payload.StatePagedQueryResponse,
                definitions.delete_state, _named_key,
            ),
            "state", ("view_states", "manage_states"), ("manage_states",), "write", "",
        ),
        Part(
            Business(
                kinds["subscription"], subscriptions.create, hook_payload.SubscriptionDraft,
                hook_payload.SubscriptionUpdate, hook_payload.SubscriptionPagedQueryResponse,
                subscriptions.delete, _named_key, shown=subscriptions.shown,
                tried=project.outbox.try_out,
            ),
            "subscription", hooks, hooks, "write",
        ),
        Part(
            Business(
                kinds["extension"], extensions.create, hook_payload.ExtensionDraft,
                hook_payload.ExtensionUpdate, hook_payload.ExtensionPagedQueryResponse,
                extensions.delete, _named_key, shown=extensions.shown,
            ),
            "extension", asked, asked, "write",
        ),
        Part(
            Business(
                message_kind, _never, None, None, message_payload.MessagePagedQueryResponse,
                _never, _message_key, structs=MESSAGE_STRUCTS, prepare=_forget_old,
            ),
            "message", ("view_messages",), (), "read", "", writable=False,
        ),
    )  # fmt: skip


def _nothing(project: Project) -> Collection[Any]:
    """What the messages endpoint shows of a project that does not enable it."""
    return Collection(lambda: project.world.env.now, {})


def _forget_old(project: Project) -> None:
    kept = timedelta(days=project.settings.messages_delete_days)
    project.log.forget_before(moments.text(project.world.clock.date() - kept))


def _never(*_: Any) -> Any:
    raise AssertionError("messages are read only")


def importing(project: Project) -> Business:
    """The business of importing orders."""
    return Business(
        project.kinds["order"], imports.create, order_payload.OrderImportDraft,
        action_payload.OrderUpdate, order_payload.OrderPagedQueryResponse, orders.delete,
        _order_key,
    )  # fmt: skip

// The vendor's own client, unchanged, against the fake: node client.mjs <url> <key> <id> <secret>
import assert from "node:assert/strict";
import { createApiBuilderFromCtpClient } from "@commercetools/platform-sdk";
import { ClientBuilder } from "@commercetools/ts-client";

const [url, projectKey, clientId, clientSecret] = process.argv.slice(2);

function builder() {
  return new ClientBuilder()
    .withProjectKey(projectKey)
    .withClientCredentialsFlow({
      host: url,
      projectKey,
      credentials: { clientId, clientSecret },
      scopes: [`manage_project:${projectKey}`],
      httpClient: fetch,
    })
    .withHttpMiddleware({ host: url, httpClient: fetch });
}

function api(client) {
  return createApiBuilderFromCtpClient(client.build()).withProjectKey({ projectKey });
}

const project = api(builder());
const report = {};

// reads, with variables
const found = await project
  .inventory()
  .get({ queryArgs: { where: "sku = :sku", "var.sku": "TEE", sort: "quantityOnStock desc" } })
  .execute();
assert.equal(found.statusCode, 200);
assert.deepEqual(found.body.results.map((entry) => entry.quantityOnStock), [10, 3]);
assert.ok(found.headers["x-correlation-id"].startsWith(`${projectKey}/`));
const entry = found.body.results[0];

// writes
for (let number = 0; number < 45; number += 1) {
  const made = await project
    .inventory()
    .post({ body: { sku: `X-${number}`, quantityOnStock: number, key: `key-${number}` } })
    .execute();
  assert.equal(made.statusCode, 201);
}
const update = (version, quantity) => ({
  body: { version, actions: [{ action: "changeQuantity", quantity }] },
});
const written = await project
  .inventory()
  .withId({ ID: entry.id })
  .post(update(entry.version, 20))
  .execute();
assert.equal(written.body.version, entry.version + 1);
const byKey = await project.inventory().withKey({ key: "key-7" }).get().execute();
assert.equal(byKey.body.sku, "X-7");

// pages
const seen = new Set();
let last;
for (;;) {
  const page = await project
    .inventory()
    .get({
      queryArgs: {
        limit: 20,
        sort: "id asc",
        withTotal: false,
        ...(last === undefined ? {} : { where: `id > "${last}"` }),
      },
    })
    .execute();
  assert.equal(page.body.total, undefined);
  if (page.body.count === 0) break;
  page.body.results.forEach((one) => seen.add(one.id));
  last = page.body.results.at(-1).id;
}
report.paged = seen.size;

// an error and a conflict, as the client hands them on
async function refused(call) {
  try {
    await call.execute();
  } catch (error) {
    return error;
  }
  throw new Error("was not refused");
}
const twin = await refused(project.inventory().post({ body: { sku: "X-7", quantityOnStock: 1 } }));
report.duplicate = [twin.statusCode, twin.body.errors[0].code, twin.body.errors[0].field];
const stale = await refused(
  project.inventory().withId({ ID: entry.id }).post(update(entry.version, 99)),
);
report.conflict = [stale.statusCode, stale.body.errors[0].code, stale.body.errors[0].currentVersion];
const missing = await refused(project.orders().withOrderNumber({ orderNumber: "none" }).get());
report.missing = missing.statusCode;

// the client's own middleware re-sends the same write with the version of the 409
const blind = api(builder().withConcurrentModificationMiddleware());
const forced = await blind
  .inventory()
  .withId({ ID: entry.id })
  .post(update(entry.version, 99))
  .execute();
report.forced = [forced.statusCode, forced.body.quantityOnStock];

// an order, all the way
const cart = await project
  .carts()
  .post({
    body: {
      currency: "GBP",
      country: "GB",
      inventoryMode: "ReserveOnOrder",
      shippingAddress: { country: "GB" },
      lineItems: [{ sku: "TEE", quantity: 2, supplyChannel: { typeId: "channel", key: "W1" } }],
    },
  })
  .execute();
const shipping = {
  action: "setCustomShippingMethod",
  shippingMethodName: "Van",
  shippingRate: { price: { currencyCode: "GBP", centAmount: 450 } },
};
const ready = await project
  .carts()
  .withId({ ID: cart.body.id })
  .post({ body: { version: cart.body.version, actions: [shipping] } })
  .execute();
const order = await project
  .orders()
  .post({
    body: {
      cart: { typeId: "cart", id: ready.body.id },
      version: ready.body.version,
      orderNumber: "NODE-1",
    },
  })
  .execute();
assert.equal(order.statusCode, 201);
const items = [{ id: order.body.lineItems[0].id, quantity: 2 }];
const shipped = await project
  .orders()
  .withOrderNumber({ orderNumber: "NODE-1" })
  .post({
    body: {
      version: order.body.version,
      actions: [
        { action: "addDelivery", items, parcels: [{ trackingData: { trackingId: "T-1" } }] },
        { action: "changeShipmentState", shipmentState: "Shipped" },
      ],
    },
    queryArgs: { expand: ["lineItems[*].supplyChannel"] },
  })
  .execute();
report.order = [
  shipped.body.totalPrice.centAmount,
  shipped.body.shipmentState,
  shipped.body.lineItems[0].supplyChannel.obj.key,
];
const told = await project
  .messages()
  .get({ queryArgs: { where: `resource(id="${order.body.id}")`, sort: "sequenceNumber asc" } })
  .execute();
report.messages = told.body.results.map((message) => message.type);

console.log(JSON.stringify(report));

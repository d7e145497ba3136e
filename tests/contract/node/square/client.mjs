// Square's own Node client, untouched, against the fake on a loopback socket.
//
//   node client.mjs URL TOKEN ORDER NOW
//
// ORDER is an open order whose version is no longer 1, NOW the run's own date. GET URL/ring makes
// the till sell something and shows the notification. What it saw is printed as one line of JSON.

import { SquareClient, SquareError, WebhooksHelper } from "square";

const [url, token, orderId, now] = process.argv.slice(2);
const client = new SquareClient({ token, baseUrl: url });
const seen = {};

const { locations } = await client.locations.list();
seen.locations = locations.map((location) => location.id);

seen.counts = [];
for await (const count of await client.inventory.batchGetCounts({ limit: 1 })) {
  seen.counts.push([count.locationId, count.quantity]);
}

const found = await client.catalog.search({
  objectTypes: ["ITEM_VARIATION"],
  query: { exactQuery: { attributeName: "sku", attributeValue: "TEE-BLUE-M" } },
});
const variation = found.objects[0];
seen.price = variation.itemVariationData.priceMoney.amount.toString();

const written = await client.inventory.batchCreateChanges({
  idempotencyKey: "node-1",
  changes: [
    {
      type: "PHYSICAL_COUNT",
      physicalCount: {
        catalogObjectId: variation.id,
        locationId: "S1",
        state: "IN_STOCK",
        quantity: "21",
        occurredAt: now,
      },
    },
  ],
});
seen.written = written.counts.map((count) => count.quantity);

const { order } = await client.orders.get({ orderId });
seen.version = order.version;
seen.total = order.totalMoney.amount.toString();
try {
  await client.orders.update({ orderId, order: { locationId: "S1", version: 1 } });
} catch (error) {
  if (!(error instanceof SquareError)) throw error;
  seen.conflict = [error.statusCode, error.errors[0].code, error.errors[0].field];
}

const made = await client.webhooks.subscriptions.create({
  subscription: {
    name: "node",
    eventTypes: ["inventory.count.updated"],
    notificationUrl: "https://connector.test/hooks",
  },
});
const { signatureKey, notificationUrl } = made.subscription;
const sent = await (await fetch(`${url}/ring`)).json();
seen.verified = await WebhooksHelper.verifySignature({
  requestBody: sent.body,
  signatureHeader: sent.signature,
  signatureKey,
  notificationUrl,
});
seen.forged = await WebhooksHelper.verifySignature({
  requestBody: sent.body,
  signatureHeader: sent.signature,
  signatureKey,
  notificationUrl: notificationUrl.replace("connector", "other"),
});

console.log(JSON.stringify(seen));

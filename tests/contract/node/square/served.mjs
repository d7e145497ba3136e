// Square's own Node client, untouched, against `peakproof serve`. Prints what it saw as JSON.
//
//   node served.mjs <url> <token>

import { SquareClient, SquareError } from "square";

const [url, token] = process.argv.slice(2);
const client = new SquareClient({ token, baseUrl: url, maxRetries: 0 });
const seen = {};

async function refused(call) {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof SquareError)) throw error;
    return [error.statusCode, error.errors[0].code];
  }
  throw new Error("was not refused");
}

const { locations } = await client.locations.list();
seen.read = locations.map((location) => location.id);

const counts = new Set();
for await (const count of await client.inventory.batchGetCounts({ limit: 5 })) {
  counts.add(`${count.catalogObjectId} at ${count.locationId}`);
}
seen.paged = counts.size;

const { order } = await client.orders.create({
  idempotencyKey: "node-order",
  order: {
    locationId: "S2",
    lineItems: [
      { name: "Gift wrap", quantity: "1", basePriceMoney: { amount: 250n, currency: "GBP" } },
    ],
  },
});
seen.written = [order.version, order.totalMoney.amount.toString()];

const change = (referenceId) =>
  client.orders.update({
    orderId: order.id,
    order: { locationId: "S2", version: order.version, referenceId },
  });
await change("first");
seen.conflict = await refused(change("second"));
seen.kept = (await client.orders.get({ orderId: order.id })).order.referenceId;
seen.error = await refused(client.orders.get({ orderId: "no-such-order" }));

console.log(JSON.stringify(seen));

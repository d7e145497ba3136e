// The npm client magento-api-rest, untouched, against the fake on a loopback socket.
//
//   node client.mjs URL CONSUMER_KEY CONSUMER_SECRET ACCESS_TOKEN TOKEN_SECRET
//
// The shop has one order of two TEE. What was seen is printed as one line of JSON.

import magento from "magento-api-rest";

const Client = magento.default ?? magento;
const [url, consumerKey, consumerSecret, accessToken, tokenSecret] = process.argv.slice(2);
const held = { url, consumerKey, consumerSecret, accessToken, tokenSecret };
const client = new Client({ ...held, sha: 256 });
const seen = {};

const refusalOf = async (call) => {
  try {
    await call();
    return "let in";
  } catch (error) {
    return [error.response.status, error.response.data.message];
  }
};

// Its default is HMAC-SHA1, which the shop no longer takes.
const outdated = new Client(held);
seen.sha1 = await refusalOf(() => outdated.get("orders"));

seen.orders = [];
for (let page = 1; ; page += 1) {
  const { data } = await client.get("orders", { status: "pending", $perPage: 1, $page: page });
  if (data.items.length === 0) break;
  seen.orders.push([data.items[0].increment_id, data.total_count]);
}

const item = { sku: "TEE", source_code: "S1", quantity: 9, status: 1 };
seen.pushed = (await client.post("inventory/source-items", { sourceItems: [item] })).data;
const either = { $or: [{ sku: "SOCKS" }, { quantity: 9 }] };
const found = await client.get("inventory/source-items", either);
seen.found = found.data.items.map((one) => `${one.sku}@${one.source_code}`);

seen.masked = await refusalOf(() => client.post("order/1/ship", {}));
const arguments_ = { extension_attributes: { source_code: "W1" } };
seen.shipped = (await client.post("order/1/ship", { arguments: arguments_ })).data;
seen.cancelled = (await client.post("orders/1/cancel", {})).data;

const queue = new Client({ ...held, sha: 256, type: "async/bulk/V1" });
const accepted = await queue.post("inventory/source-items", [{ sourceItems: [item] }]);
seen.accepted = [accepted.status, accepted.data.request_items[0].status];
const status = await client.get(`bulk/${accepted.data.bulk_uuid}/status`);
seen.open = status.data.operations_list[0].status;

console.log(JSON.stringify(seen));

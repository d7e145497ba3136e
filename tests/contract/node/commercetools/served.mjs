// The vendor's own client, unchanged, against `peakproof serve`. Prints what it saw as JSON.
//
//   node served.mjs <url> <key> <id> <secret>

import { createApiBuilderFromCtpClient } from "@commercetools/platform-sdk";
import { ClientBuilder } from "@commercetools/ts-client";

const [url, projectKey, clientId, clientSecret] = process.argv.slice(2);
const client = new ClientBuilder()
  .withProjectKey(projectKey)
  .withClientCredentialsFlow({
    host: url,
    projectKey,
    credentials: { clientId, clientSecret },
    scopes: [`manage_project:${projectKey}`],
    httpClient: fetch,
  })
  .withHttpMiddleware({ host: url, httpClient: fetch })
  .build();
const project = createApiBuilderFromCtpClient(client).withProjectKey({ projectKey });
const seen = {};

async function refused(call) {
  try {
    await call.execute();
  } catch (error) {
    return [error.statusCode, error.body.errors[0].code];
  }
  throw new Error("was not refused");
}

const ids = new Set();
let last;
for (;;) {
  const where = last === undefined ? {} : { where: `id > "${last}"` };
  const queryArgs = { limit: 10, sort: "id asc", withTotal: false, ...where };
  const page = await project.inventory().get({ queryArgs }).execute();
  if (page.body.count === 0) break;
  page.body.results.forEach((entry) => ids.add(entry.id));
  last = page.body.results.at(-1).id;
}
seen.paged = ids.size;

const body = { sku: "NODE-1", quantityOnStock: 4 };
const made = await project.inventory().post({ body }).execute();
seen.written = [made.statusCode, made.body.version, made.body.availableQuantity];
seen.error = await refused(project.inventory().post({ body }));

const entry = project.inventory().withId({ ID: made.body.id });
const update = { body: { version: 1, actions: [{ action: "changeQuantity", quantity: 7 }] } };
await entry.post(update).execute();
seen.conflict = await refused(entry.post(update));
seen.read = (await entry.get().execute()).body.quantityOnStock;

console.log(JSON.stringify(seen));

// The three calls as they are mostly written in Node: fetch and @azure/identity. One queue message a line on standard input
// stands for the host.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

// The packages lie in the cache, not beside this file.
const require = createRequire(process.env.PACKAGES);
const { DefaultAzureCredential } = require("@azure/identity");

const { ARM_URL, MODEL_URL } = process.env;
const VERSION = "api-version=2025-09-01";
const credential = new DefaultAzureCredential();

const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

async function main(message) {
  const id = JSON.parse(message).incidentArmId;
  const { token } = await credential.getToken("https://management.azure.com/.default");
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const call = async (method, part, body) => {
    const answer = await fetch(`${ARM_URL}${id}${part}?${VERSION}`, { method, headers, body });
    if (!answer.ok) throw new Error(`${method} ${part}: ${answer.status}`);
    return answer.json();
  };
  const incident = await call("GET", "");
  const alerts = await call("POST", "/alerts");
  const entities = await call("POST", "/entities");

  const question = "How do I remediate this Microsoft Sentinel incident?\n"
    + JSON.stringify({ incident: incident.properties, alerts: alerts.value, entities: entities.entities });
  const asked = await fetch(`${MODEL_URL}/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: question }], max_tokens: 700 }),
  });
  const text = (await asked.json()).choices[0].message.content;
  await call("PUT", `/comments/${randomUUID()}`, JSON.stringify({ properties: { message: `<p>${escaped(text)}</p>` } }));
}

for await (const line of createInterface({ input: process.stdin })) {
  await main(line);
  console.log("done");
}

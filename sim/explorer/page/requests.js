"use strict";
// Answers by requests to the server of the page, which alone has its token.

const token = new URLSearchParams(location.search).get("token") || "";

async function send(path, body) {
  const options = { headers: { "X-Token": token } };
  if (body) Object.assign(options, { method: "POST", body: JSON.stringify(body) });
  const reply = await fetch(path, options);
  const type = reply.headers.get("Content-Type") || "";
  const found = type.includes("json") ? await reply.json() : { problems: [await reply.text()] };
  return reply.ok ? found : { problems: found.problems || [reply.statusText] };
}

const backend = {
  runs: { drag: 2000, release: 10000 },
  start: () => send("start"),
  ask: (asked) => send("ask", asked),
  facts: (of) => send("facts", of),
  file: (asked) => send("file", asked),
  drop: (file) => send("drop", file),
};

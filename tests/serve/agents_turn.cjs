// One spoken turn with the published @openai/agents-realtime client: node agents_turn.cjs URL QUESTION.pcm
// Prints one JSON object with what the client saw.
const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");

const [url, question] = process.argv.slice(2);
const packages = createRequire(path.join(process.env.NODE_PACKAGES, "index.js"));
const { RealtimeAgent, RealtimeSession } = packages("@openai/agents-realtime");

async function main() {
  const session = new RealtimeSession(new RealtimeAgent({ name: "guide", instructions: "answer briefly" }), {
    transport: "websocket",
    model: "gpt-realtime",
  });
  const seen = { types: [], audioBytes: 0, errors: [] };
  let finished;
  const done = new Promise((resolve) => (finished = resolve));
  session.on("audio", (event) => (seen.audioBytes += event.data.byteLength));
  session.on("error", (event) => seen.errors.push(String(event.error?.message ?? JSON.stringify(event))));
  session.on("transport_event", (event) => {
    if (seen.types.at(-1) !== event.type) seen.types.push(event.type);
    if (event.type === "response.done") {
      seen.status = event.response.status;
      setTimeout(finished, 200);
    }
  });
  await session.connect({ apiKey: "any-key", url });
  const pcm = fs.readFileSync(question);
  for (let at = 0; at < pcm.length; at += 1920) {
    const piece = pcm.subarray(at, at + 1920);
    session.sendAudio(piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.length));
  }
  await done;
  seen.history = session.history;
  session.close();
  console.log(JSON.stringify(seen));
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

import assert from "node:assert/strict";
import test from "node:test";

import { RealtimeClient, clientSecret, explore, protocols, socketUrl } from "../../../src/thinkaloud/serve/static/client.js";

class FakeSocket {
  static last;
  readyState = 0;
  bufferedAmount = 0;
  sent = [];
  constructor(url, subprotocols) {
    Object.assign(this, { url, subprotocols });
    FakeSocket.last = this;
  }
  open() {
    this.readyState = 1;
    this.onmessage({ data: '{"type": "session.created"}' });
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close(code) {
    this.readyState = 3;
    this.onclose({ code, reason: "" });
  }
}

async function connected() {
  const seen = { events: [], closed: [], sent: [] };
  const client = new RealtimeClient({
    onEvent: (event) => seen.events.push(event),
    onSend: (event) => seen.sent.push(event),
    onClose: (close) => seen.closed.push(close),
    WebSocket: FakeSocket,
  });
  const opening = client.connect({ base: "http://host:8000/", model: "m", key: "" });
  FakeSocket.last.open();
  await opening;
  return { client, socket: FakeSocket.last, seen };
}

test("addresses follow the page's own: scheme, path and model", () => {
  assert.equal(socketUrl("http://127.0.0.1:8000/", "a b"), "ws://127.0.0.1:8000/v1/realtime?model=a+b");
  assert.equal(socketUrl("https://host/talk/", ""), "wss://host/talk/v1/realtime");
});

test("a key travels as a sub-protocol, and only then", () => {
  assert.deepEqual(protocols(""), ["realtime"]);
  assert.deepEqual(protocols("k"), ["realtime", "openai-insecure-api-key.k"]);
});

test("events are sent with an id of their own, in the protocol's shapes", async () => {
  const { client, socket, seen } = await connected();
  client.update({ instructions: "x" });
  client.sendText("hi");
  client.commitAudio();
  client.truncate("a1", 123.9);
  client.cancelResponse("r1");
  assert.deepEqual(socket.sent.map(({ type }) => type), [
    "session.update", "conversation.item.create", "response.create", "input_audio_buffer.commit", "response.create",
    "conversation.item.truncate", "response.cancel",
  ]);
  assert.equal(new Set(socket.sent.map(({ event_id }) => event_id)).size, socket.sent.length);
  assert.deepEqual(socket.sent[0].session, { type: "realtime", instructions: "x" });
  assert.deepEqual(socket.sent[1].item, { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] });
  assert.equal(socket.sent[5].audio_end_ms, 123);
  assert.deepEqual(seen.sent, socket.sent);
});

test("a network that does not take the sound is not fed more", async () => {
  const { client, socket } = await connected();
  assert.equal(client.appendAudio(new Int16Array(960)), true);
  socket.bufferedAmount = 2 << 20;
  assert.equal(client.appendAudio(new Int16Array(960)), false);
  assert.deepEqual([socket.sent.length, client.droppedFrames], [1, 1]);
});

test("frames that are not JSON become an error event", async () => {
  const { socket, seen } = await connected();
  socket.onmessage({ data: "{" });
  socket.onmessage({ data: '{"type": "session.updated"}' });
  assert.deepEqual(seen.events.map(({ type }) => type), ["session.created", "error", "session.updated"]);
});

test("closing is told once, and not when we closed ourselves", async () => {
  const first = await connected();
  first.socket.close(1001);
  assert.deepEqual(first.seen.closed, [{ code: 1001, reason: "" }]);
  assert.equal(first.client.connected, false);
  const second = await connected();
  second.client.close();
  assert.deepEqual(second.seen.closed, []);
  second.client.send({ type: "response.create" });
  assert.deepEqual(second.socket.sent, []);
});

test("what is set up on the greeting is sent before anything else", async () => {
  const client = new RealtimeClient({ onEvent: () => client.update({ instructions: "x" }), WebSocket: FakeSocket });
  const opening = client.connect({ base: "http://h/", model: "", key: "" }).then(() => client.sendText("hi"));
  FakeSocket.last.open();
  await opening;
  assert.equal(FakeSocket.last.sent[0].type, "session.update");
});

test("a refused handshake rejects", async () => {
  const client = new RealtimeClient({ onEvent() {}, onClose: assert.fail, WebSocket: FakeSocket });
  const opening = client.connect({ base: "http://h/", model: "", key: "" });
  FakeSocket.last.close(1006);
  await assert.rejects(opening, (error) => error.name === "Error" && error.code === 1006);
});

const answers = (table) => async (url, options = {}) => {
  const { status = 200, body = {} } = table[new URL(url).pathname] ?? { status: 404 };
  answers.lastHeaders = options.headers;
  return { ok: status < 400, status, json: async () => body };
};

test("exploring tells a locked, a busy, a dead and a good server apart", async () => {
  const models = { body: { data: [{ id: "pocket" }] } };
  const voices = { body: { data: [{ id: "amy" }] } };
  const good = await explore("http://h/", "k", answers({ "/v1/models": models, "/v1/audio/voices": voices, "/ready": {} }));
  assert.deepEqual(good, { status: "ok", models: [{ id: "pocket" }], voices: ["amy"] });
  assert.equal(answers.lastHeaders.Authorization, "Bearer k");
  assert.equal((await explore("http://h/", "", answers({ "/v1/models": { status: 401 } }))).status, "locked");
  assert.equal((await explore("http://h/", "", answers({ "/v1/models": models, "/ready": { status: 503 } }))).status, "busy");
  const full = { "/v1/models": models, "/ready": { body: { sessions: 8, slots: 8 } } };
  assert.equal((await explore("http://h/", "", answers(full))).status, "full");
  assert.equal((await explore("http://h/", "", async () => Promise.reject(new TypeError()))).status, "down");
});

test("a key is changed for a short-lived secret where the server gives one", async () => {
  const path = "/v1/realtime/client_secrets";
  assert.equal(await clientSecret("http://h/", "k", answers({ [path]: { body: { value: "ek_1" } } })), "ek_1");
  assert.equal(await clientSecret("http://h/", "k", answers({})), "k");
  assert.equal(await clientSecret("http://h/", "", assert.fail), "");
});

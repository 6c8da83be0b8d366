/**
 * Client: one conversation with a server that speaks the OpenAI Realtime protocol (GA events over a WebSocket), and the
 * few questions the page asks the server before it. Any page can use it; it knows nothing of this one.
 */

import { toBase64 } from "./pcm.js";

const KEY_PROTOCOL = "openai-insecure-api-key.";
const GREETS_WITHIN_MS = 15_000;
const MAX_BUFFERED_BYTES = 1 << 20; // more than 10 s of sound that the network has not taken: drop, do not grow

export class RealtimeClient {
  droppedFrames = 0;
  #socket = null;
  #numSent = 0;
  #listeners;
  #WebSocket;

  /** `onEvent(event)` for each one received, `onSend(event)` for each one sent, `onClose({code, reason})` once. */
  constructor({ onEvent, onSend = () => {}, onClose = () => {}, WebSocket = globalThis.WebSocket }) {
    this.#listeners = { onEvent, onSend, onClose };
    this.#WebSocket = WebSocket;
  }

  get connected() {
    return this.#socket?.readyState === 1;
  }

  /** Open the socket; resolves once the server has greeted us. Rejects with a ConnectError when it does not take us. */
  connect({ base, model, key }) {
    return new Promise((resolve, reject) => {
      const socket = new this.#WebSocket(socketUrl(base, model), protocols(key));
      this.#socket = socket;
      let greeted = false;
      const lost = ({ code, reason }) => {
        clearTimeout(patience);
        if (this.#socket !== socket) return;
        this.#socket = null;
        if (greeted) this.#listeners.onClose({ code, reason });
        else reject(new ConnectError(code, reason));
      };
      const patience = setTimeout(() => {
        lost({ code: 1006, reason: "the server did not greet us in time" });
        socket.close();
      }, GREETS_WITHIN_MS);
      socket.onclose = lost;
      socket.onmessage = ({ data }) => {
        this.#receive(data);
        if (greeted) return;
        greeted = true;
        clearTimeout(patience);
        resolve();
      };
    });
  }

  close() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000, "the user ended the conversation");
  }

  send(event) {
    if (!this.connected) return;
    const sent = { event_id: `page_${++this.#numSent}`, ...event };
    this.#socket.send(JSON.stringify(sent));
    this.#listeners.onSend(sent);
  }

  /** Set up the conversation; only the fields that are given change. */
  update(session) {
    this.send({ type: "session.update", session: { type: "realtime", ...session } });
  }

  /** 24 kHz PCM16 from the microphone. Returns false when the network is too slow and the frame was dropped. */
  appendAudio(pcm) {
    if (!this.connected || this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.droppedFrames += 1;
      return false;
    }
    this.send({ type: "input_audio_buffer.append", audio: toBase64(pcm) });
    return true;
  }

  clearAudio() {
    this.send({ type: "input_audio_buffer.clear" });
  }

  /** The user's spoken turn is complete: keep it and answer it. */
  commitAudio() {
    this.send({ type: "input_audio_buffer.commit" });
    this.send({ type: "response.create" });
  }

  /** The user's turn as text: keep it and answer it. */
  sendText(text) {
    const content = [{ type: "input_text", text }];
    this.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
    this.send({ type: "response.create" });
  }

  cancelResponse(responseId) {
    this.send({ type: "response.cancel", response_id: responseId });
  }

  /** Of this answer only so much was heard: the model is to forget the rest. */
  truncate(itemId, playedMs) {
    this.send({
      type: "conversation.item.truncate",
      item_id: itemId,
      content_index: 0,
      audio_end_ms: Math.floor(playedMs),
    });
  }

  #receive(data) {
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      event = { type: "error", error: { type: "protocol_error", message: "the server sent something that is not JSON" } };
    }
    this.#listeners.onEvent(event);
  }
}

/** The socket was closed before it opened. The browser hides why; `explore` can often tell. */
export class ConnectError extends Error {
  constructor(code, reason) {
    super(reason || `the connection was closed before it opened (code ${code})`);
    this.code = code;
  }
}

export function socketUrl(base, model) {
  const url = new URL("v1/realtime", base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (model) url.searchParams.set("model", model);
  return url.href;
}

/** A browser cannot set headers on a WebSocket, so the key travels as a sub-protocol. */
export function protocols(key) {
  return key ? ["realtime", KEY_PROTOCOL + key] : ["realtime"];
}

/**
 * What the server says of itself: {status, models, voices}. Status is "ok", "locked" (it wants another key), "full"
 * (all places are taken), "busy" (not ready) or "down".
 */
export async function explore(base, key, fetch = globalThis.fetch) {
  const ask = (path) => fetch(new URL(path, base), { headers: authorization(key), cache: "no-store" });
  try {
    const answer = await ask("v1/models");
    if (answer.status === 401 || answer.status === 403) return { status: "locked", models: [], voices: [] };
    if (!answer.ok) return { status: answer.status === 503 ? "busy" : "down", models: [], voices: [] };
    const models = (await answer.json()).data ?? [];
    const [voices, status] = await Promise.all([ask("v1/audio/voices").then(listVoices), ask("ready").then(readiness)]);
    return { status, models, voices };
  } catch {
    return { status: "down", models: [], voices: [] };
  }
}

/** A short-lived secret in place of the key, so that the key itself is in no socket's handshake. The key if there is none. */
export async function clientSecret(base, key, fetch = globalThis.fetch) {
  if (!key) return "";
  const answer = await fetch(new URL("v1/realtime/client_secrets", base), {
    method: "POST",
    headers: { ...authorization(key), "Content-Type": "application/json" },
    body: JSON.stringify({ session: { type: "realtime" } }),
  });
  return answer.ok ? (await answer.json()).value : key;
}

function authorization(key) {
  return key ? { Authorization: `Bearer ${key}` } : {};
}

async function readiness(answer) {
  if (answer.status === 503) return "busy";
  const { sessions, slots } = answer.ok ? await answer.json() : {};
  return slots !== undefined && sessions >= slots ? "full" : "ok";
}

async function listVoices(answer) {
  if (!answer.ok) return [];
  const { data, voices } = await answer.json();
  return (data ?? voices ?? []).map((voice) => (typeof voice === "string" ? voice : (voice.id ?? voice.name)));
}

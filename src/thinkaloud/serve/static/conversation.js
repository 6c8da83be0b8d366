/**
 * Conversation: what has been said, as the server's events tell it. Pure state: events in, the items that changed out.
 *
 *     item: {id, role, text, status, playing, audioMs, audioDone, heardMs, heardChars, latencyMs}
 *     status of the user's:  hearing -> transcribing -> done | failed
 *     status of the model's: speaking -> done | cut | failed
 */

import { durationMs } from "./pcm.js";

const CHARS_PER_MS = 0.015; // of ordinary speech; for answers that were cut before their length was known

export class Conversation {
  items = []; // in the order of the conversation
  session = {};
  responseId = null; // of the answer in progress
  hearing = false; // the server hears speech now

  find(id) {
    return this.items.find((item) => item.id === id);
  }

  /** Take one server event. Returns the items it changed. */
  receive(event) {
    const changed = HANDLERS[event.type]?.(this, event) ?? [];
    return [changed].flat().filter(Boolean);
  }

  /** The user stopped this answer after `playedMs` of it: what comes later of it is to be ignored. */
  cut(id, playedMs) {
    const item = this.place(id, { role: "assistant" });
    const read = this.textOnly; // what is on the screen has been read, what is in the queue has not been heard
    return Object.assign(item, {
      status: "cut",
      playing: false,
      heardMs: playedMs,
      heardChars: read ? item.text.length : heardChars(item, playedMs),
    });
  }

  /** The answers that are being made or played now. */
  get underway() {
    return this.items.filter((item) => item.role === "assistant" && (item.status === "speaking" || item.playing));
  }

  get turnDetection() {
    return this.session.audio?.input?.turn_detection ?? {};
  }

  get textOnly() {
    return this.session.output_modalities?.includes("audio") === false;
  }

  /** So much of an answer has been played; `playing` is false once it is over. */
  played(id, playedMs, playing) {
    const item = this.find(id);
    return item && item.status !== "cut" ? Object.assign(item, { heardMs: playedMs, playing }) : null;
  }

  /** The connection is gone: nothing is going on any more. */
  stop() {
    this.hearing = false;
    this.responseId = null;
  }

  isCut(id) {
    return this.find(id)?.status === "cut";
  }

  /** The item with this id, made after `previousId` (or last) if it is new. */
  place(id, values, previousId) {
    let item = this.find(id);
    if (!item) {
      item = { id, role: "assistant", text: "", status: "done", playing: false, audioMs: 0, audioDone: false, heardMs: 0 };
      const before = this.items.findIndex((other) => other.id === previousId);
      this.items.splice(before < 0 ? this.items.length : before + 1, 0, item);
    }
    return Object.assign(item, values);
  }

  forget(id) {
    const item = this.find(id);
    if (!item) return null;
    this.items = this.items.filter((other) => other !== item);
    return Object.assign(item, { status: "deleted" });
  }
}

/**
 * How many characters of an answer had been spoken after `playedMs`: in proportion when its whole length is known,
 * else at the pace of ordinary speech; always whole words.
 */
export function heardChars({ text, audioMs, audioDone }, playedMs) {
  const pace = audioDone && audioMs > 0 ? text.length / audioMs : CHARS_PER_MS;
  const chars = Math.min(text.length, Math.round(pace * playedMs));
  if (chars === text.length) return chars;
  return Math.max(0, text.lastIndexOf(" ", chars));
}

const HANDLERS = {
  "session.created": (talk, { session }) => void (talk.session = session),
  "session.updated": (talk, { session }) => void (talk.session = session),

  "input_audio_buffer.speech_started": (talk, { item_id }) => {
    talk.hearing = true;
    return talk.place(item_id, { role: "user", status: "hearing" });
  },
  "input_audio_buffer.speech_stopped": (talk, { item_id }) => {
    talk.hearing = false;
    return talk.place(item_id, { role: "user", status: "transcribing" });
  },
  "input_audio_buffer.committed": (talk, { item_id, previous_item_id }) => {
    talk.hearing = false;
    const transcribes = talk.session.audio?.input?.transcription != null;
    return talk.place(item_id, { role: "user", status: transcribes ? "transcribing" : "done" }, previous_item_id);
  },
  "input_audio_buffer.cleared": (talk) => {
    talk.hearing = false;
    return talk.items.filter((item) => item.status === "hearing").map((item) => talk.forget(item.id));
  },
  "conversation.item.input_audio_transcription.delta": (talk, { item_id, delta }) => {
    const item = talk.place(item_id, { role: "user" });
    return Object.assign(item, { text: item.text + (delta ?? "") });
  },
  "conversation.item.input_audio_transcription.completed": (talk, { item_id, transcript }) =>
    talk.place(item_id, { role: "user", text: transcript.trim(), status: "done" }),
  "conversation.item.input_audio_transcription.failed": (talk, { item_id }) =>
    talk.place(item_id, { role: "user", status: "failed" }),

  "conversation.item.added": adopt,
  "conversation.item.created": adopt,
  "conversation.item.deleted": (talk, { item_id }) => talk.forget(item_id),
  "conversation.item.retrieved": (talk, { item }) => remember(talk.find(item.id), item.content?.[0]?.transcript),

  "response.created": (talk, { response }) => void (talk.responseId = response.id),
  "response.output_audio.delta": (talk, { item_id, delta }) => {
    const item = answering(talk, item_id);
    item.audioMs += durationMs(Math.floor((delta.length * 3) / 8));
    return item;
  },
  "response.output_audio.done": (talk, { item_id }) => Object.assign(answering(talk, item_id), { audioDone: true }),
  "response.output_audio_transcript.delta": append,
  "response.output_text.delta": append,
  "response.output_audio_transcript.done": (talk, { item_id, transcript }) => complete(talk, item_id, transcript),
  "response.output_text.done": (talk, { item_id, text }) => complete(talk, item_id, text),
  "response.done": (talk, { response }) => {
    talk.responseId = null;
    const status = { completed: "done", incomplete: "done", failed: "failed" }[response.status] ?? "cut";
    return (response.output ?? []).map(({ id }) => {
      const item = talk.find(id);
      return item?.status === "speaking" ? Object.assign(item, { status }) : item;
    });
  },
};

/** An item that the server keeps: ours, or the model's before its first word. */
function adopt(talk, { item, previous_item_id }) {
  if (item.type !== "message" || item.role === "system") return null;
  const kept = talk.find(item.id);
  const fresh = { role: item.role, status: item.role === "user" ? "done" : "speaking" };
  return talk.place(item.id, kept ? {} : { ...fresh, text: contentText(item) }, previous_item_id);
}

function answering(talk, id) {
  return talk.find(id) ?? talk.place(id, { role: "assistant", status: "speaking" });
}

function append(talk, { item_id, delta }) {
  const item = answering(talk, item_id);
  item.text = (item.text + delta).trimStart(); // tokenizers like to begin with a space
  return item;
}

/** The whole text of an answer; one that was cut has no more to say. */
function complete(talk, id, text) {
  const item = answering(talk, id);
  if (item.status !== "cut" && text) item.text = text.trimStart();
  return item;
}

/** What the server still knows of an answer that was cut is what counts as heard. */
function remember(item, transcript) {
  const heard = transcript?.trimStart();
  if (item?.status === "cut" && heard !== undefined && item.text.startsWith(heard)) item.heardChars = heard.length;
  return item;
}

function contentText(item) {
  return (item.content ?? []).map((part) => part.text ?? part.transcript ?? "").join("");
}

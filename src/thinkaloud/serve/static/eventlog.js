/** EventLog: every event of the conversation, to look at and to download. Sound is left out: only its length is kept. */

import { durationMs } from "./pcm.js";

const EVENTS_KEPT = 5000;
const ROWS_SHOWN = 200;

export class EventLog {
  entries = []; // {at, from: "server"|"page", event}
  #list;
  #count;
  #filter = "";
  #startedAt = 0;
  #drawn = false;

  constructor(list, count) {
    this.#list = list;
    this.#count = count;
  }

  start(nowMs) {
    this.#startedAt = nowMs;
  }

  add(from, event, nowMs) {
    this.entries.push({ at: Math.round(nowMs - this.#startedAt), from, event: withoutSound(event) });
    if (this.entries.length > EVENTS_KEPT) this.entries.splice(0, this.entries.length - EVENTS_KEPT);
    this.#drawSoon();
  }

  set filter(text) {
    this.#filter = text.trim().toLowerCase();
    this.#drawSoon();
  }

  /** One JSON object a line. */
  text() {
    return this.entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  }

  download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([this.text()], { type: "application/x-ndjson" }));
    link.download = `thinkaloud-events-${new Date().toISOString().replace(/[:.]/g, "-")}.jsonl`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  /** At most twice a second: events come by the dozen. */
  #drawSoon() {
    if (this.#drawn) return;
    this.#drawn = true;
    setTimeout(() => {
      this.#drawn = false;
      this.#draw();
    }, 500);
  }

  #draw() {
    this.#count.textContent = this.entries.length;
    const wanted = this.entries.filter(({ event }) => String(event.type).includes(this.#filter));
    this.#list.replaceChildren(...runs(wanted).slice(-ROWS_SHOWN).reverse().map(row));
  }
}

/** Neighbours of one type as one: [{...entry, times}]. */
export function runs(entries) {
  const grouped = [];
  for (const entry of entries) {
    const last = grouped.at(-1);
    if (last && last.from === entry.from && last.event.type === entry.event.type) last.times += 1;
    else grouped.push({ ...entry, times: 1 });
  }
  return grouped;
}

/** The event with each piece of base64 sound replaced by its length. */
export function withoutSound(event) {
  const key = { "input_audio_buffer.append": "audio", "response.output_audio.delta": "delta" }[event.type];
  if (!key || typeof event[key] !== "string") return event;
  return { ...event, [key]: `(${Math.round(durationMs((event[key].length * 3) / 8))} ms of sound)` };
}

function row({ at, from, event, times }) {
  const made = document.createElement("li");
  if (event.type === "error") made.className = "error";
  const time = document.createElement("time");
  time.textContent = (at / 1000).toFixed(2).padStart(6);
  const arrow = document.createElement("span");
  arrow.className = from === "server" ? "in" : "out";
  arrow.textContent = from === "server" ? "←" : "→";
  arrow.title = from === "server" ? "from the server" : "from this page";
  const type = document.createElement("span");
  type.className = "type";
  type.textContent = event.type;
  const note = document.createElement("span");
  note.className = "note";
  note.textContent = times > 1 ? ` ×${times}` : "";
  if (event.type === "error") note.textContent += ` ${event.error?.message ?? ""}`;
  type.append(note);
  made.append(time, arrow, type);
  made.title = JSON.stringify(event).slice(0, 2000);
  return made;
}

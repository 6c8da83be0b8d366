/** Transcript: both sides as text, live. What was cut off stays readable, struck through: the model has forgotten it. */

import { heardChars } from "./conversation.js";

const SPEAKER = { user: "You", assistant: "thinkaloud" };
const PENDING = { hearing: "listening", transcribing: "…", speaking: "…", failed: "could not be understood" };
const NEAR_END_PX = 80;

export class Transcript {
  #list;
  #scroller;
  #rows = new Map(); // item id -> <li>

  constructor(list, scroller) {
    this.#list = list;
    this.#scroller = scroller;
  }

  /** Show an item as it is now, after its neighbour in `items`. */
  show(item, items) {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const follow = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (item.status === "deleted") this.#remove(item.id);
    else this.#fill(this.#row(item, items), item);
    if (follow) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  clear() {
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  #row(item, items) {
    let row = this.#rows.get(item.id);
    if (row) return row;
    row = element("li", "item", element("span", "speaker"), element("p", "words"), element("p", "meta"));
    row.dataset.id = item.id;
    this.#rows.set(item.id, row);
    const next = items.slice(items.indexOf(item) + 1).find(({ id }) => this.#rows.has(id));
    this.#list.insertBefore(row, next ? this.#rows.get(next.id) : null);
    return row;
  }

  #remove(id) {
    this.#rows.get(id)?.remove();
    this.#rows.delete(id);
  }

  #fill(row, item) {
    row.className = `item ${item.role} ${item.status}`;
    const [speaker, words, meta] = row.children;
    speaker.textContent = SPEAKER[item.role];
    words.replaceChildren(...wordSpans(item));
    meta.replaceChildren(...remarks(item));
  }
}

function wordSpans(item) {
  const { text, status } = item;
  if (!text) return [element("span", "pending", PENDING[status] ?? "(spoken)")];
  if (status === "cut") {
    const heard = item.heardChars ?? text.length;
    const unheard = element("s", "unheard", text.slice(heard));
    unheard.setAttribute("aria-label", `not heard: ${text.slice(heard)}`);
    return heard < text.length ? [text.slice(0, heard), unheard] : [text];
  }
  if (!item.playing) return [text];
  const heard = heardChars(item, item.heardMs);
  return [text.slice(0, heard), element("span", "ahead", text.slice(heard))];
}

function remarks(item) {
  const notes = [];
  if (item.status === "cut") notes.push(element("span", "state", `interrupted after ${(item.heardMs / 1000).toFixed(1)} s`));
  if (item.status === "failed" && item.text) notes.push(element("span", "state", "failed"));
  if (item.latencyMs != null) notes.push(element("span", "", `answered after ${Math.round(item.latencyMs)} ms`));
  return notes;
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

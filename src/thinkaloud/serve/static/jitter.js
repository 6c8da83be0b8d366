/**
 * JitterQueue: sound that arrives in bursts, read out without gaps. It knows which item each sample belongs to, so that
 * an interruption can say how much of an answer was really played.
 *
 *     push(A) push(A) push(A) ... finish(A)      network: early, late, in bursts
 *        hold 80 ms | AAAAAAAAAAAA | (end)       read(): a steady block each 128 samples
 *
 * It holds back until `holdMs` are queued (or the item is complete). A gap in the middle of an item is an underrun: it is
 * counted, and the next hold is longer.
 */

const FADE_SAMPLES = 128; // on every edge that silence cuts into sound: no clicks
const ITEMS_REMEMBERED = 16;

export class JitterQueue {
  underruns = 0;
  queuedSamples = 0;
  #rateHz;
  #holdMs;
  #maxHoldMs;
  #chunks = []; // [{id, samples}], the first partly read up to #at
  #at = 0;
  #open = null; // the item that more sound is expected for
  #playing = false;
  #ranDry = false;
  #fadeIn = 0; // samples of the fade still to come
  #tail = null; // what fades out after a clear
  #played = new Map(); // id -> samples
  #reading = null; // the item that was read last
  #late = []; // events that came about between two reads

  constructor(rateHz, { holdMs = 80, maxHoldMs = 400 } = {}) {
    this.#rateHz = rateHz;
    this.#holdMs = holdMs;
    this.#maxHoldMs = maxHoldMs;
  }

  get playing() {
    return this.#playing;
  }

  get holdMs() {
    return this.#holdMs;
  }

  get queuedMs() {
    return (1000 * this.queuedSamples) / this.#rateHz;
  }

  /** The item that is being read out, or was last. */
  get id() {
    return this.#reading;
  }

  /** How much of an item has been read out, in ms. */
  playedMs(id) {
    return (1000 * (this.#played.get(id) ?? 0)) / this.#rateHz;
  }

  /** More sound of an item. */
  push(id, samples) {
    if (this.#ranDry && this.#open === id) {
      this.underruns += 1;
      this.#holdMs = Math.min(this.#maxHoldMs, this.#holdMs * 1.5);
    }
    this.#ranDry = false;
    this.#open = id;
    this.#remember(id);
    if (samples.length === 0) return;
    this.#chunks.push({ id, samples });
    this.queuedSamples += samples.length;
  }

  /** The item is complete: what is queued of it is all there will be. */
  finish(id) {
    if (this.#open !== id) return;
    this.#open = null;
    if (this.queuedSamples === 0 && this.#played.get(id) > 0) this.#late.push({ type: "ended", id });
  }

  /**
   * Fill a block; silence where there is nothing. Returns what began or ended in it: [{type: "started"|"ended", id}].
   */
  read(out) {
    out.fill(0);
    if (this.#tail) return this.#readTail(out);
    const happened = this.#late.splice(0);
    if (!this.#playing && !this.#mayStart()) return happened;
    if (!this.#playing) this.#fadeIn = FADE_SAMPLES;
    this.#playing = true;
    let filled = 0;
    while (filled < out.length && this.#chunks.length > 0) filled += this.#copy(out, filled, happened);
    this.#applyFadeIn(out, filled);
    const ranOut = filled < out.length || (this.#chunks.length === 0 && this.#open === null);
    if (ranOut) this.#playing = false;
    this.#ranDry = ranOut && this.#open !== null;
    return happened;
  }

  /** Drop everything at once. Returns the items that were cut: [{id, playedMs}], oldest first. */
  clear() {
    const ids = new Set(this.#chunks.map((chunk) => chunk.id));
    if (this.#open !== null) ids.add(this.#open);
    if (this.#playing) this.#tail = this.#fadedTail();
    this.#chunks = [];
    this.#at = this.queuedSamples = 0;
    this.#open = null;
    this.#playing = this.#ranDry = false;
    return [...ids].map((id) => ({ id, playedMs: this.playedMs(id) }));
  }

  #mayStart() {
    return this.queuedSamples > 0 && (this.#open === null || this.queuedMs >= this.#holdMs);
  }

  #copy(out, filled, happened) {
    const { id, samples } = this.#chunks[0];
    this.#reading = id;
    const count = Math.min(out.length - filled, samples.length - this.#at);
    out.set(samples.subarray(this.#at, this.#at + count), filled);
    if (this.#played.get(id) === 0) happened.push({ type: "started", id });
    this.#played.set(id, this.#played.get(id) + count);
    this.#at += count;
    this.queuedSamples -= count;
    if (this.#at === samples.length) {
      this.#chunks.shift();
      this.#at = 0;
      if (this.#chunks[0]?.id !== id && this.#open !== id) happened.push({ type: "ended", id });
    }
    return count;
  }

  #applyFadeIn(out, filled) {
    for (let i = 0; i < filled && this.#fadeIn > 0; i++) {
      out[i] *= 1 - this.#fadeIn / FADE_SAMPLES;
      this.#fadeIn -= 1;
    }
  }

  #fadedTail() {
    const chunk = this.#chunks[0];
    const tail = chunk ? chunk.samples.slice(this.#at, this.#at + FADE_SAMPLES) : new Float32Array(0);
    return tail.map((value, i) => value * (1 - i / FADE_SAMPLES));
  }

  #readTail(out) {
    out.set(this.#tail.subarray(0, out.length));
    this.#tail = this.#tail.length > out.length ? this.#tail.subarray(out.length) : null;
    return [];
  }

  #remember(id) {
    if (this.#played.has(id)) return;
    this.#played.set(id, 0);
    if (this.#played.size > ITEMS_REMEMBERED) this.#played.delete(this.#played.keys().next().value);
  }
}

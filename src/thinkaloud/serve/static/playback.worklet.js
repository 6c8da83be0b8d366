/**
 * Playback worklet: 24 kHz sound of items in, the speaker's rate out, through a JitterQueue.
 *
 * In:  {type: "push", id, samples} {type: "finish", id} {type: "clear", request}
 * Out: {type: "started"|"ended", id} {type: "stats", ...} each 40 ms {type: "cleared", request, cut: [{id, playedMs}]}
 */

import { JitterQueue } from "./jitter.js";
import { WIRE_HZ, levelDb } from "./pcm.js";
import { Resampler } from "./resampler.js";

const STATS_S = 0.04;

class Playback extends AudioWorkletProcessor {
  #queue = new JitterQueue(sampleRate);
  #resampler = new Resampler(WIRE_HZ, sampleRate);
  #id = null; // the item that was pushed last
  #soundSamples = 0; // of blocks that were not silent: what a listener could hear
  #statsAt = 0;
  #loudestDb = -100; // since the last stats

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#receive(data);
  }

  #receive({ type, id, samples, request }) {
    if (type === "push") {
      if (id !== this.#id) this.#finish(this.#id);
      this.#id = id;
      this.#queue.push(id, this.#resampler.push(samples));
    } else if (type === "finish") {
      this.#finish(id);
    } else if (type === "clear") {
      this.#resampler.flush();
      this.#id = null;
      this.port.postMessage({ type: "cleared", request, cut: this.#queue.clear() });
      this.#postStats();
    }
  }

  #finish(id) {
    if (id === null || id !== this.#id) return;
    this.#queue.push(id, this.#resampler.flush());
    this.#queue.finish(id);
    this.#id = null;
  }

  process(inputs, [output]) {
    const [block] = output;
    for (const event of this.#queue.read(block)) this.port.postMessage(event);
    const blockDb = levelDb(block);
    if (blockDb > -80) this.#soundSamples += block.length;
    this.#loudestDb = Math.max(this.#loudestDb, blockDb);
    if (currentTime >= this.#statsAt) this.#postStats();
    return true;
  }

  #postStats() {
    this.#statsAt = currentTime + STATS_S;
    this.port.postMessage({
      type: "stats",
      id: this.#queue.id,
      playedMs: this.#queue.playedMs(this.#queue.id),
      playing: this.#queue.playing,
      levelDb: this.#loudestDb,
      queuedMs: this.#queue.queuedMs,
      holdMs: this.#queue.holdMs,
      underruns: this.#queue.underruns,
      soundMs: (1000 * this.#soundSamples) / sampleRate,
    });
    this.#loudestDb = -100;
  }
}

registerProcessor("playback", Playback);

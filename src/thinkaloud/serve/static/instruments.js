/** Instruments: what the page measures while it talks: both voices' levels, the speech line, latency, the playback queue. */

import { SentAudio } from "./audio.js";
import { Latency, speechEndedAt } from "./latency.js";
import { SpeechLevel } from "./level.js";

const SILENT_DB = -100;

export class Instruments {
  latency = new Latency();
  #view;
  #strip;
  #level = new SpeechLevel();
  #sent = new SentAudio();

  constructor(view, strip) {
    this.#view = view;
    this.#strip = strip;
  }

  /** A new conversation: nothing has been sent. */
  begin() {
    this.#sent = new SentAudio();
    this.latency.abandon();
  }

  /** This sound went to the server now. */
  sent(pcm, nowMs) {
    this.#sent.add(pcm, nowMs);
  }

  /** When the speech ended that the server says has ended. */
  speechEndedAt(audioEndMs, silenceMs) {
    return speechEndedAt({ audioEndMs, silenceMs, sent: this.#sent });
  }

  /** A frame of the microphone. `threshold` is null where the server does not tell turns. */
  frame({ levelDb, modelDb, threshold, hearing }) {
    this.#level.push(levelDb);
    this.#view.level(levelDb);
    const thresholdDb = threshold === null ? null : this.#level.thresholdDb(threshold);
    this.#strip.push({ youDb: levelDb, modelDb, thresholdDb, hearing });
  }

  /** The speaker's stats. Without a microphone they alone move the strip. */
  played(stats, { droppedFrames, canHear }) {
    this.#view.playback(stats, droppedFrames);
    if (!canHear) this.#strip.push({ youDb: SILENT_DB, modelDb: stats.levelDb, thresholdDb: null, hearing: false });
  }

  /** The first of an answer reaches the user: how long that took in ms, or null if it was not the first. */
  reached(atMs) {
    const turn = this.latency.reached(atMs);
    if (turn) this.#view.latency(this.latency.turns, this.latency.medianMs);
    return turn?.totalMs ?? null;
  }

  end() {
    this.#strip.clear();
  }
}

/** Capture worklet: the microphone at whatever rate it has -> frames of 24 kHz PCM16, each with its loudness. */

import { WIRE_HZ, levelDb, toPcm16 } from "./pcm.js";
import { Resampler } from "./resampler.js";

const FRAME_SAMPLES = WIRE_HZ / 25; // 40 ms

class Capture extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, WIRE_HZ);
  #frame = new Float32Array(FRAME_SAMPLES);
  #filled = 0;
  #open = true;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data === "close") this.#open = false;
    };
  }

  process([input]) {
    if (input.length > 0) this.#take(this.#resampler.push(mono(input)));
    return this.#open;
  }

  #take(samples) {
    for (let at = 0; at < samples.length; ) {
      const count = Math.min(samples.length - at, FRAME_SAMPLES - this.#filled);
      this.#frame.set(samples.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === FRAME_SAMPLES) this.#post();
    }
  }

  #post() {
    const pcm = toPcm16(this.#frame);
    this.port.postMessage({ pcm, levelDb: levelDb(this.#frame) }, [pcm.buffer]);
    this.#filled = 0;
  }
}

/** The mean of the channels. */
function mono(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, i) => channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length);
}

registerProcessor("capture", Capture);

/** Audio: the browser's microphone and speaker as two small objects. All of it needs a secure context. */

import { WIRE_HZ, durationMs } from "./pcm.js";

const STARTS_WITHIN_MS = 3000;

const module = (name) => new URL(name, import.meta.url);

/** Whether this page may use microphone and worklets at all. */
export function audioIsPossible() {
  return globalThis.isSecureContext && "AudioWorkletNode" in globalThis && navigator.mediaDevices !== undefined;
}

/**
 * An audio context that runs, at the device's own rate. Call it from a click: browsers keep silent ones asleep. Rejects
 * with a DOMException "NoSoundError" if the device does not start: a browser may wait for one for ever.
 */
export async function openAudio() {
  const context = new AudioContext({ latencyHint: "interactive" });
  await Promise.all([
    Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, STARTS_WITHIN_MS))]),
    context.audioWorklet.addModule(module("capture.worklet.js")),
    context.audioWorklet.addModule(module("playback.worklet.js")),
  ]);
  if (context.state === "running") return context;
  context.close();
  throw new DOMException("the browser's sound output does not start", "NoSoundError");
}

/** Ask for a microphone's stream; rejects with what the browser or the user says. */
export function askForMicrophone(constraints) {
  return navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, ...constraints } });
}

/** The microphone: `onFrame({pcm, levelDb})` every 40 ms while it is open, `onLost()` if the device goes away. */
export class Microphone {
  #stream;
  #source;
  #node;

  constructor(context, stream, { onFrame, onLost }) {
    this.#stream = stream;
    this.#source = context.createMediaStreamSource(stream);
    this.#node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
    this.#node.port.onmessage = ({ data }) => onFrame(data);
    this.#source.connect(this.#node);
    this.#track.addEventListener("ended", onLost);
  }

  get #track() {
    return this.#stream.getAudioTracks()[0];
  }

  get label() {
    return this.#track.label;
  }

  get deviceId() {
    return this.#track.getSettings().deviceId;
  }

  /** A muted microphone gives frames of silence, so that the time line stays whole. */
  set muted(muted) {
    this.#track.enabled = !muted;
  }

  close() {
    this.#node.port.postMessage("close");
    this.#source.disconnect();
    for (const track of this.#stream.getTracks()) track.stop();
  }
}

/** The speaker: plays the sound of items, and knows how much of each was really heard. */
export class Speaker {
  #context;
  #node;
  #numRequests = 0;
  #cleared = new Map(); // request -> resolve
  #handlers;

  /** `onStarted(id, atMs)`, `onEnded(id)`, `onStats(stats)`; times on the clock of performance.now(). */
  constructor(context, handlers) {
    this.#context = context;
    this.#handlers = handlers;
    this.#node = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.#node.port.onmessage = ({ data }) => this.#receive(data);
    this.#node.connect(context.destination);
  }

  /** 24 kHz float samples of an item. */
  push(id, samples) {
    this.#node.port.postMessage({ type: "push", id, samples }, [samples.buffer]);
  }

  finish(id) {
    this.#node.port.postMessage({ type: "finish", id });
  }

  /** Be silent at once. Resolves to what was cut: [{id, playedMs}], by what the user can have heard. */
  clear() {
    const request = ++this.#numRequests;
    this.#node.port.postMessage({ type: "clear", request });
    return new Promise((resolve) => this.#cleared.set(request, resolve));
  }

  /** How long a sample takes from the worklet to the ear. */
  get #outputMs() {
    return 1000 * (this.#context.outputLatency || this.#context.baseLatency || 0);
  }

  #receive({ type, ...data }) {
    if (type === "started") this.#handlers.onStarted(data.id, performance.now() + this.#outputMs);
    else if (type === "ended") this.#handlers.onEnded(data.id);
    else if (type === "stats") this.#handlers.onStats({ ...data, outputMs: this.#outputMs });
    else if (type === "cleared") {
      const heard = data.cut.map(({ id, playedMs }) => ({ id, playedMs: Math.max(0, playedMs - this.#outputMs) }));
      this.#cleared.get(data.request)?.(heard);
      this.#cleared.delete(data.request);
    }
  }
}

/** Counts what was sent to the server, so that a place in the stream is a time on the page's clock. */
export class SentAudio {
  ms = 0;
  lastAt = 0;

  add(pcm, nowMs) {
    this.ms += durationMs(pcm.length, WIRE_HZ);
    this.lastAt = nowMs;
  }
}

/** The microphones there are: [{deviceId, label}]. Labels are empty until one was allowed. */
export async function listMicrophones() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === "audioinput").map(({ deviceId, label }) => ({ deviceId, label }));
}

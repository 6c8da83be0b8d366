/** The worklets as the browser's audio thread runs them: a block of 128 samples at a time. */

import assert from "node:assert/strict";
import test from "node:test";

const processors = {};
globalThis.sampleRate = 48000;
globalThis.currentTime = 0;
globalThis.registerProcessor = (name, made) => (processors[name] = made);
globalThis.AudioWorkletProcessor = class {
  port = { posted: [], postMessage: (message) => this.port.posted.push(message) };
};
await import("../../../src/thinkaloud/serve/static/capture.worklet.js");
await import("../../../src/thinkaloud/serve/static/playback.worklet.js");

const tone = (hz, rateHz, length, from = 0) =>
  Float32Array.from({ length }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * (n + from)) / rateHz));

function play(playback, seconds) {
  const heard = [];
  for (let i = 0; i < (seconds * sampleRate) / 128; i++) {
    const block = new Float32Array(128);
    playback.process([], [[block]]);
    heard.push(...block);
    globalThis.currentTime += 128 / sampleRate;
  }
  return heard;
}

test("capture: 48 kHz stereo blocks become 24 kHz PCM16 frames of 40 ms", () => {
  const capture = new processors.capture();
  for (let i = 0; i < 160; i++) {
    const left = tone(1000, 48000, 128, 128 * i);
    assert.equal(capture.process([[left, left]]), true);
  }
  const frames = capture.port.posted;
  assert.equal(frames.length, Math.floor((160 * 128) / 1920));
  const pcm = frames.flatMap((frame) => [...frame.pcm]);
  const expected = tone(1000, 24000, pcm.length);
  assert.ok(pcm.slice(100).every((value, n) => Math.abs(value / 32768 - expected[n + 100]) < 2e-3));
  assert.ok(Math.abs(frames[3].levelDb + 9) < 0.2);
});

test("capture: no input is no frame, and closed it asks to be let go", () => {
  const capture = new processors.capture();
  assert.equal(capture.process([[]]), true);
  capture.port.onmessage({ data: "close" });
  assert.equal(capture.process([[]]), false);
});

test("playback: plays what is pushed at the speaker's rate, and tells start, end and how much sounded", () => {
  const playback = new processors.playback();
  const send = (data) => playback.port.onmessage({ data });
  for (let i = 0; i < 5; i++) send({ type: "push", id: "a", samples: tone(500, 24000, 2400, 2400 * i) });
  send({ type: "finish", id: "a" });
  const heard = play(playback, 0.6);
  const told = playback.port.posted.filter(({ type }) => type !== "stats");
  assert.deepEqual(told, [{ type: "started", id: "a" }, { type: "ended", id: "a" }]);
  const expected = tone(500, 48000, 24000);
  assert.ok(heard.slice(200, 23800).every((value, n) => Math.abs(value - expected[n + 200]) < 2e-3));
  const stats = playback.port.posted.at(-1);
  assert.equal(stats.queuedMs, 0);
  assert.equal(stats.underruns, 0);
  assert.ok(Math.abs(stats.soundMs - 500) < 10, stats.soundMs);
});

test("playback: clear answers with what was played, and later items play as if nothing had been", () => {
  const playback = new processors.playback();
  const send = (data) => playback.port.onmessage({ data });
  send({ type: "push", id: "a", samples: tone(500, 24000, 24000) });
  play(playback, 0.25);
  send({ type: "clear", request: 7 });
  const { cut, request } = playback.port.posted.find(({ type }) => type === "cleared");
  assert.equal(request, 7);
  assert.equal(cut[0].id, "a");
  assert.ok(Math.abs(cut[0].playedMs - 250) < 4, cut[0].playedMs);
  assert.ok(play(playback, 0.2).slice(200).every((value) => value === 0));
  send({ type: "push", id: "b", samples: tone(500, 24000, 4800) });
  send({ type: "finish", id: "b" });
  play(playback, 0.3);
  assert.ok(playback.port.posted.some(({ type, id }) => type === "ended" && id === "b"));
});

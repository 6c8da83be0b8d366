/** What the page measures, decides and advises: latency, the speech line, the talk button, settings, problems, the log. */

import assert from "node:assert/strict";
import test from "node:test";

import { Hold } from "../../../src/thinkaloud/serve/static/controls.js";
import { runs, withoutSound } from "../../../src/thinkaloud/serve/static/eventlog.js";
import { Latency, speechEndedAt } from "../../../src/thinkaloud/serve/static/latency.js";
import { SpeechLevel, meterFraction } from "../../../src/thinkaloud/serve/static/level.js";
import * as problems from "../../../src/thinkaloud/serve/static/problems.js";
import { sessionChange, sessionStart } from "../../../src/thinkaloud/serve/static/settings.js";

test("latency: a turn's parts add up to its whole, and only the first delta counts", () => {
  const latency = new Latency();
  latency.begin(1000, 1500);
  assert.equal(latency.reached(1600), null, "no delta yet");
  latency.delta(1700);
  latency.delta(1900);
  assert.deepEqual(latency.reached(1790), { endedMs: 1000, waitMs: 500, thinkMs: 200, playMs: 90, totalMs: 790 });
  assert.equal(latency.reached(1800), null, "a turn is finished once");
  latency.begin(0, 0);
  latency.abandon();
  latency.delta(5);
  assert.equal(latency.reached(6), null);
  assert.equal(latency.medianMs, 790);
});

test("latency: the end of speech is a place in the stream that was sent", () => {
  // 3000 ms were sent by t = 10000; the server waited 500 ms of silence, up to 2800 ms of the stream
  assert.equal(speechEndedAt({ audioEndMs: 2800, silenceMs: 500, sent: { ms: 3000, lastAt: 10000 } }), 9300);
});

test("level: the line stands over the quietest moment, and the threshold moves it", () => {
  const level = new SpeechLevel();
  for (const db of [-50, -20, -48, -22]) level.push(db);
  assert.equal(level.floorDb, -50);
  assert.equal(level.thresholdDb(0.5), -38);
  assert.ok(level.thresholdDb(0.9) > -34 && level.thresholdDb(0.1) < -42);
  for (let i = 0; i < 100; i++) level.push(-90);
  assert.equal(level.floorDb, -60);
  assert.deepEqual([-90, -60, -30, 0, 6].map(meterFraction), [0, 0, 0.5, 1, 1]);
});

test("hold: held it talks until let go, tapped it talks until the next tap", () => {
  const hold = new Hold();
  assert.deepEqual([hold.down(0), hold.down(50), hold.up(900)], ["begin", null, "end"]);
  assert.deepEqual([hold.down(2000), hold.up(2100), hold.active], ["begin", null, true]);
  assert.deepEqual([hold.down(4000), hold.up(4100), hold.active], ["end", null, false]);
  assert.equal(hold.up(5000), null);
});

test("settings: a session starts with what the form says and asks for transcripts", () => {
  const form = { mode: "free", model: "m", voice: "", instructions: "", threshold: 0.4, silenceMs: 600 };
  const { audio, output_modalities, instructions } = sessionStart(form, { model: "pocket" }, true);
  assert.deepEqual([output_modalities, instructions], [["audio"], undefined]);
  assert.deepEqual(audio.input.transcription, { model: "pocket" });
  assert.equal(audio.output, undefined);
  const { threshold, silence_duration_ms, interrupt_response } = audio.input.turn_detection;
  assert.deepEqual([threshold, silence_duration_ms, interrupt_response], [0.4, 600, true]);
  assert.deepEqual(sessionStart(form, {}, false).output_modalities, ["text"]);
  const byWords = sessionChange("by-words", { ...form, byWords: true }).audio.input.turn_detection;
  assert.deepEqual([byWords.type, byWords.threshold, byWords.silence_duration_ms], ["semantic_vad", 0.4, undefined]);
  assert.equal(sessionChange("mode", { ...form, mode: "push" }).audio.input.turn_detection, null);
  assert.deepEqual(sessionChange("instructions", form), { instructions: "" });
});

test("problems: each says what to do", () => {
  const place = { possible: false, host: "box.lan", port: "8000" };
  assert.match(problems.placeProblem(place).steps.join(" "), /ssh -L 8000:localhost:8000 box\.lan/);
  assert.equal(problems.placeProblem({ ...place, possible: true }), null);
  for (const name of ["NotAllowedError", "NotFoundError", "NotReadableError", "SecurityError", "OverconstrainedError"]) {
    const { title, steps } = problems.soundProblem({ name, message: "" });
    assert.ok(title.includes("icrophone") && steps.length > 1, name);
  }
  assert.match(problems.soundProblem({ name: "OddError", message: "why" }).steps[0], /OddError: why/);
  const titles = ["locked", "down", "busy", "full"].map((status) => problems.connectionProblem(status, false).title);
  assert.equal(new Set(titles).size, 4);
  assert.match(problems.connectionProblem("locked", true).title, /refused/);
  assert.match(problems.lostProblem({ code: 1008, reason: "idle for 5 min" }).steps[0], /idle/);
});

test("log: sound is told by its length, neighbours of one type are one row", () => {
  const append = { type: "input_audio_buffer.append", audio: "A".repeat(2560) };
  assert.equal(withoutSound(append).audio, "(40 ms of sound)");
  const entries = ["a", "a", "b", "a"].map((type) => ({ from: "page", event: { type } }));
  assert.deepEqual(runs(entries).map(({ event, times }) => [event.type, times]), [["a", 2], ["b", 1], ["a", 1]]);
});

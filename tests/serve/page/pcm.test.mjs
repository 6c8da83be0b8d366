import assert from "node:assert/strict";
import test from "node:test";

import { durationMs, fromBase64, fromPcm16, levelDb, toBase64, toPcm16 } from "../../../src/thinkaloud/serve/static/pcm.js";

test("floats become 16-bit integers, clipped", () => {
  assert.deepEqual([...toPcm16(Float32Array.of(0, 0.5, -0.5, 1, -1, 2, -2))], [0, 16384, -16384, 32767, -32768, 32767, -32768]);
});

test("integers survive floats and base64", () => {
  const pcm = Int16Array.from({ length: 20001 }, (_, n) => ((n * 7919) % 65536) - 32768);
  assert.deepEqual(toPcm16(fromPcm16(pcm)), pcm);
  assert.deepEqual(fromBase64(toBase64(pcm)), pcm);
});

test("base64 is little endian and starts where the view starts", () => {
  const view = new Int16Array(Int16Array.of(9, 1, -2).buffer, 2);
  assert.equal(toBase64(view), Buffer.from([1, 0, 0xfe, 0xff]).toString("base64"));
});

test("half a sample at the end is dropped", () => {
  assert.deepEqual([...fromBase64(Buffer.from([1, 0, 7]).toString("base64"))], [1]);
});

test("levels and durations", () => {
  assert.equal(Math.round(levelDb(new Float32Array(100))), -100);
  assert.equal(Math.round(levelDb(new Float32Array(100).fill(1))), 0);
  assert.equal(Math.round(levelDb(new Float32Array(100).fill(0.1))), -20);
  assert.equal(durationMs(960), 40);
});

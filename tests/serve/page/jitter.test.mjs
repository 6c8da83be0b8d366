import assert from "node:assert/strict";
import test from "node:test";

import { JitterQueue } from "../../../src/thinkaloud/serve/static/jitter.js";

const RATE_HZ = 1000; // a sample is a millisecond
const ones = (length) => new Float32Array(length).fill(1);
const queueOf = (options) => new JitterQueue(RATE_HZ, { holdMs: 80, maxHoldMs: 200, ...options });

/** Read `num` blocks of 20 samples: what sounded and what happened. */
function read(queue, num) {
  const sound = [];
  const events = [];
  for (let i = 0; i < num; i++) {
    const block = new Float32Array(20).fill(9);
    events.push(...queue.read(block));
    sound.push(...block);
  }
  return { sound, events };
}

test("it holds back until enough is queued, then plays without a gap", () => {
  const queue = queueOf();
  queue.push("a", ones(60));
  assert.ok(read(queue, 3).sound.every((value) => value === 0));
  queue.push("a", ones(60));
  const { sound, events } = read(queue, 6);
  assert.deepEqual(events, [{ type: "started", id: "a" }]);
  assert.ok(sound.slice(1).every((value, n) => value > 0 && value >= sound[n]), "a fade in, then steady");
  assert.equal(queue.playedMs("a"), 120);
});

test("a short answer that is complete does not wait", () => {
  const queue = queueOf();
  queue.push("a", ones(30));
  queue.finish("a");
  const { sound, events } = read(queue, 2);
  assert.equal(sound.filter((value) => value > 0).length, 29); // the fade begins at zero
  assert.deepEqual(events.map(({ type }) => type), ["started", "ended"]);
  assert.equal(queue.underruns, 0);
});

test("a gap in the middle is an underrun, and the next hold is longer; the end is not one", () => {
  const queue = queueOf();
  queue.push("a", ones(100));
  read(queue, 6); // runs dry
  assert.equal(queue.underruns, 0, "it may have been the end");
  queue.push("a", ones(100));
  assert.equal(queue.underruns, 1);
  assert.equal(queue.holdMs, 120);
  assert.ok(read(queue, 1).sound.every((value) => value === 0), "100 ms are not enough now");
  queue.push("a", ones(20));
  queue.finish("a");
  assert.deepEqual(read(queue, 7).events, [{ type: "ended", id: "a" }]);
  queue.push("b", ones(100));
  assert.equal(queue.underruns, 1);
});

test("sound that arrives just in time is no underrun", () => {
  const queue = queueOf({ holdMs: 20 });
  queue.push("a", ones(20));
  for (let i = 0; i < 5; i++) {
    read(queue, 1);
    queue.push("a", ones(20));
  }
  assert.equal(queue.underruns, 0);
  assert.equal(queue.playedMs("a"), 100);
});

test("holds grow to a limit", () => {
  const queue = queueOf();
  for (let i = 0; i < 6; i++) {
    queue.push("a", ones(300));
    read(queue, 20);
  }
  assert.equal(queue.holdMs, 200);
});

test("an end that is told late is still told", () => {
  const queue = queueOf();
  queue.push("a", ones(100));
  read(queue, 8);
  queue.finish("a");
  assert.deepEqual(read(queue, 1).events, [{ type: "ended", id: "a" }]);
});

test("clear is silent at once but for a short fade, and tells what was played of each item", () => {
  const queue = queueOf();
  queue.push("a", ones(400));
  queue.finish("a");
  queue.push("b", ones(100));
  read(queue, 10);
  assert.deepEqual(queue.clear(), [{ id: "a", playedMs: 200 }, { id: "b", playedMs: 0 }]);
  assert.equal(queue.queuedMs, 0);
  const { sound, events } = read(queue, 10);
  assert.ok(sound.slice(0, 128).every((value, n) => n === 0 || value < sound[n - 1]), "falls all the way");
  assert.ok(sound.slice(128).every((value) => value === 0));
  assert.deepEqual(events, []);
  assert.deepEqual(queue.clear(), [], "nothing is cut twice");
});

test("an item that is still coming counts as cut even when nothing of it is queued", () => {
  const queue = queueOf();
  queue.push("a", ones(100));
  read(queue, 6);
  assert.deepEqual(queue.clear(), [{ id: "a", playedMs: 100 }]);
});

test("two items play one after the other, each counted for itself", () => {
  const queue = queueOf();
  queue.push("a", ones(100));
  queue.finish("a");
  queue.push("b", ones(100));
  queue.finish("b");
  const { events } = read(queue, 12);
  assert.deepEqual(events.map(({ type, id }) => type + id), ["starteda", "endeda", "startedb", "endedb"]);
  assert.deepEqual([queue.playedMs("a"), queue.playedMs("b")], [100, 100]);
});

import assert from "node:assert/strict";
import test from "node:test";

import { Conversation, heardChars } from "../../../src/thinkaloud/serve/static/conversation.js";

const sound = (ms) => "A".repeat(Math.ceil((ms * 24 * 2) / 3) * 4); // base64 of so much silence

function told(...events) {
  const talk = new Conversation();
  talk.receive({ type: "session.created", session: { output_modalities: ["audio"], audio: { input: { transcription: {} } } } });
  for (const event of events) talk.receive(event);
  return talk;
}

const spokenTurn = [
  { type: "input_audio_buffer.speech_started", item_id: "u1", audio_start_ms: 100 },
  { type: "input_audio_buffer.speech_stopped", item_id: "u1", audio_end_ms: 1500 },
  { type: "input_audio_buffer.committed", item_id: "u1", previous_item_id: null },
  { type: "conversation.item.added", item: { id: "u1", type: "message", role: "user", content: [{ type: "input_audio" }] } },
  { type: "response.created", response: { id: "r1" } },
  { type: "conversation.item.added", item: { id: "a1", type: "message", role: "assistant" }, previous_item_id: "u1" },
  { type: "response.output_audio_transcript.delta", item_id: "a1", delta: "One two " },
  { type: "response.output_audio.delta", item_id: "a1", delta: sound(400) },
  { type: "conversation.item.input_audio_transcription.completed", item_id: "u1", transcript: " Count, please. " },
  { type: "response.output_audio_transcript.delta", item_id: "a1", delta: "three four" },
  { type: "response.output_audio.delta", item_id: "a1", delta: sound(600) },
];
const itsEnd = [
  { type: "response.output_audio.done", item_id: "a1" },
  { type: "response.output_audio_transcript.done", item_id: "a1", transcript: "One two three four" },
  { type: "response.done", response: { id: "r1", status: "completed", output: [{ id: "a1" }] } },
];
const summary = ({ items }) => items.map(({ role, text, status }) => ({ role, text, status }));

test("a spoken turn: both sides, in order, as they come", () => {
  const talk = told(...spokenTurn);
  assert.deepEqual(summary(talk), [
    { role: "user", text: "Count, please.", status: "done" },
    { role: "assistant", text: "One two three four", status: "speaking" },
  ]);
  assert.equal(talk.responseId, "r1");
  assert.equal(talk.find("a1").audioMs, 1000);
  for (const event of itsEnd) talk.receive(event);
  assert.equal(talk.find("a1").status, "done");
  assert.equal(talk.responseId, null);
});

test("the user's words may come after the answer and still stand before it", () => {
  const [late] = spokenTurn.splice(8, 1);
  const talk = told(...spokenTurn, ...itsEnd);
  assert.equal(talk.items[0].status, "transcribing");
  talk.receive(late);
  spokenTurn.splice(8, 0, late);
  assert.deepEqual(talk.items.map(({ text }) => text), ["Count, please.", "One two three four"]);
});

test("hearing lasts from speech started to speech stopped", () => {
  const talk = told(spokenTurn[0]);
  assert.deepEqual([talk.hearing, talk.items[0].status], [true, "hearing"]);
  talk.receive(spokenTurn[1]);
  assert.deepEqual([talk.hearing, talk.items[0].status], [false, "transcribing"]);
});

test("a cut answer keeps its text, knows what was heard, and takes nothing that comes late", () => {
  const talk = told(...spokenTurn, ...itsEnd);
  talk.played("a1", 480, true);
  talk.cut("a1", 500);
  assert.equal(talk.find("a1").text.slice(0, talk.find("a1").heardChars), "One two");
  assert.equal(talk.played("a1", 700, true), null);
  talk.receive({ type: "response.done", response: { status: "cancelled", output: [{ id: "a1" }] } });
  assert.equal(talk.find("a1").status, "cut");
  assert.equal(talk.isCut("a1"), true);
  assert.deepEqual(talk.underway, []);
});

test("what the server remembers of a cut answer overrules the guess", () => {
  const talk = told(...spokenTurn);
  talk.cut("a1", 900);
  const retrieved = (content) => talk.receive({ type: "conversation.item.retrieved", item: { id: "a1", content } });
  retrieved([{ type: "output_audio", transcript: "One" }]);
  assert.equal(talk.find("a1").heardChars, 3);
  retrieved([{ type: "output_audio" }]);
  assert.equal(talk.find("a1").heardChars, 3, "no transcript says nothing");
  retrieved([{ type: "output_audio", transcript: "" }]);
  assert.equal(talk.find("a1").heardChars, 0);
});

test("a response the server cancelled is cut, a failed one failed", () => {
  for (const [status, expected] of [["cancelled", "cut"], ["failed", "failed"], ["incomplete", "done"]]) {
    const talk = told(...spokenTurn, { type: "response.done", response: { status, output: [{ id: "a1" }] } });
    assert.equal(talk.find("a1").status, expected);
  }
});

test("typed turns and written answers", () => {
  const talk = told(
    { type: "session.updated", session: { output_modalities: ["text"] } },
    { type: "conversation.item.added", item: { id: "u1", type: "message", role: "user", content: [{ text: "Hi" }] } },
    { type: "response.output_text.delta", item_id: "a1", delta: "Hello" },
  );
  assert.deepEqual(talk.items.map(({ text }) => text), ["Hi", "Hello"]);
  talk.cut("a1", 0);
  assert.equal(talk.find("a1").heardChars, 5, "what is on the screen was read");
});

test("sound that was cleared leaves no trace; deleted items go; what is unknown changes nothing", () => {
  const talk = told(spokenTurn[0], { type: "input_audio_buffer.cleared" });
  assert.deepEqual([talk.items, talk.hearing], [[], false]);
  const other = told(...spokenTurn, { type: "conversation.item.deleted", item_id: "u1" }, { type: "x.y", item_id: "z" });
  assert.deepEqual(other.items.map(({ id }) => id), ["a1"]);
});

test("words are heard whole, in proportion or at the pace of speech", () => {
  const answer = { text: "alpha beta gamma", audioMs: 1600, audioDone: true };
  assert.equal(heardChars(answer, 0), 0);
  assert.equal(heardChars(answer, 900), "alpha".length); // nine characters in, within "beta"
  assert.equal(heardChars(answer, 1600), answer.text.length);
  assert.equal(heardChars({ ...answer, audioDone: false }, 800), "alpha beta".length); // 12 characters at 15 a second
});

/** View: the page's controls and instruments as they should look now. It is told; it decides nothing. */

const STATUS = {
  offline: "Offline",
  connecting: "Connecting",
  ready: "Connected",
  listening: "Listening",
  muted: "Muted",
  hearing: "Hearing you",
  thinking: "Thinking",
  speaking: "Speaking",
};
const FULL_QUEUE_MS = 4000; // what fills the gauge
const TALLEST_MS = 300; // the least that fills the latency history's height

const compact = new Intl.NumberFormat("en", { notation: "compact" });

export class View {
  #document;
  #announced = "";

  constructor(document) {
    this.#document = document;
  }

  #$(id) {
    return this.#document.getElementById(id);
  }

  #text(id, text) {
    const found = this.#$(id);
    if (found.textContent !== String(text)) found.textContent = text;
  }

  /** Which controls there are and what they say. */
  state({ phase, mode, live, hasMicrophone, muted, holding, answering, empty }) {
    this.#document.body.dataset.phase = phase;
    this.#text("status-text", STATUS[phase]);
    const push = live && mode === "push" && hasMicrophone;
    this.#$("start").hidden = live && hasMicrophone;
    this.#$("start").disabled = phase === "connecting";
    this.#text("start-text", phase === "connecting" ? "Connecting…" : "Start talking");
    this.#$("hold").hidden = !push;
    this.#$("hold").setAttribute("aria-pressed", String(holding));
    this.#text("hold-text", holding ? "Listening…" : "Hold to talk");
    this.#$("mute").hidden = !live || push || !hasMicrophone;
    this.#$("mute").setAttribute("aria-pressed", String(muted));
    this.#text("mute-text", muted ? "Unmute" : "Mute");
    this.#$("mute-icon").setAttribute("href", muted ? "#i-mic-off" : "#i-mic");
    this.#$("interrupt").hidden = this.#$("end").hidden = !live;
    this.#$("interrupt").disabled = !answering;
    this.#$("welcome").hidden = !empty;
    this.#$("model").disabled = live;
  }

  /** The user's settings as they stand in the form. */
  settings() {
    const checked = (id) => this.#$(id).checked;
    return {
      key: this.#$("key").value.trim(),
      mode: this.#document.querySelector("input[name=mode]:checked").value,
      model: this.#$("model").value,
      voice: this.#$("voice").value,
      instructions: this.#$("instructions").value.trim(),
      threshold: Number(this.#$("threshold").value),
      byWords: checked("by-words"),
      silenceMs: Number(this.#$("silence").value),
      microphone: {
        ...(this.#$("microphone").value && { deviceId: { exact: this.#$("microphone").value } }),
        echoCancellation: checked("echoCancellation"),
        noiseSuppression: checked("noiseSuppression"),
        autoGainControl: checked("autoGainControl"),
      },
    };
  }

  /** A message that could not be sent stays where it was typed. */
  unsent(text) {
    this.#$("text").value ||= text;
    this.#$("send").disabled = false;
  }

  showSettings() {
    const { byWords, threshold, silenceMs } = this.settings();
    this.#text("threshold-value", threshold.toFixed(2));
    this.#text("silence-value", `${silenceMs} ms`);
    this.#$("silence").disabled = byWords;
  }

  /** Something went wrong, and what to do about it; null takes it away. */
  notice(problem, { retry = false } = {}) {
    this.#$("notice").hidden = problem === null;
    if (problem === null) return;
    this.#text("notice-title", problem.title);
    this.#$("notice-steps").replaceChildren(...problem.steps.map((step) => this.#step(step)));
    this.#$("retry-microphone").hidden = !retry;
  }

  askKey() {
    this.#$("key-form").hidden = false;
    this.#$("key").focus();
  }

  models(models) {
    this.#facts(models[0]?.thinkaloud);
    this.#$("by-words").checked = Boolean(models[0]?.thinkaloud?.ends_turns_by_words);
    this.showSettings();
    this.#options("model", "the server's own", models.map(({ id }) => ({ value: id, text: id })), models[0]?.id);
  }

  voices(voices) {
    this.#options("voice", "the model's own", voices.map((voice) => ({ value: voice, text: voice })), voices[0]);
  }

  microphones({ devices, current }) {
    const named = devices.filter(({ label }) => label).map(({ deviceId, label }) => ({ value: deviceId, text: label }));
    this.#options("microphone", "the browser's choice", named, current);
  }

  #options(id, none, choices, chosen) {
    const select = this.#$(id);
    const value = chosen ?? select.value;
    const empty = choices.length > 0 && chosen !== undefined ? [] : [{ value: "", text: none }];
    select.replaceChildren(...[...empty, ...choices].map((choice) => Object.assign(this.#make("option", choice.text), choice)));
    if ([...select.options].some((option) => option.value === value)) select.value = value;
  }

  /** What the server tells of its model beyond the protocol, if it does. */
  #facts(told) {
    const facts = [
      ["Parameters", told?.parameters && compact.format(told.parameters)],
      ["Runs on", told?.device],
      ["Hears and speaks at", told?.hears_hz && `${told.hears_hz / 1000} and ${told.speaks_hz / 1000} kHz`],
      ["Tells turns by", told?.vad],
    ];
    const known = facts.filter(([, value]) => value);
    this.#$("model-facts").replaceChildren(
      ...known.flatMap(([name, value]) => [this.#make("dt", name), this.#make("dd", value)]),
    );
  }

  session({ model, audio }) {
    const voice = audio?.output?.voice;
    const name = typeof voice === "string" ? voice : voice?.id;
    for (const [select, value] of [["model", model], ["voice", name]]) {
      const found = this.#$(select);
      if (!value) continue;
      if (![...found.options].some((option) => option.value === value)) {
        found.append(Object.assign(this.#make("option", value), { value }));
      }
      found.value = value;
    }
  }

  level(levelDb) {
    this.#$("meter").setAttribute("aria-valuenow", String(Math.round(Math.max(-60, Math.min(0, levelDb)))));
  }

  playback({ queuedMs, holdMs, underruns, soundMs }, droppedFrames) {
    this.#text("queue", `${Math.round(queuedMs)} ms`);
    this.#$("queue-bar").style.transform = `scaleX(${Math.min(1, queuedMs / FULL_QUEUE_MS)})`;
    this.#text("hold-back", `${Math.round(holdMs)} ms`);
    this.#text("underruns", underruns);
    this.#text("sound", `${(soundMs / 1000).toFixed(1)} s`);
    this.#text("dropped", droppedFrames);
  }

  latency(turns, medianMs) {
    const last = turns.at(-1);
    this.#text("latency-total", Math.round(last.totalMs));
    this.#$("latency-total").classList.remove("none");
    for (const part of ["wait", "think", "play"]) {
      this.#text(`latency-${part}`, `${Math.round(last[`${part}Ms`])} ms`);
      this.#document.querySelector(`#latency-parts .${part}`).style.flexGrow = Math.max(0, last[`${part}Ms`]);
    }
    const tallest = Math.max(TALLEST_MS, ...turns.map(({ totalMs }) => totalMs));
    const bars = turns.map(({ totalMs }) => {
      const bar = this.#make("span", "");
      bar.style.height = `${(100 * totalMs) / tallest}%`;
      bar.title = `${Math.round(totalMs)} ms`;
      return bar;
    });
    this.#$("latency-history").replaceChildren(...bars);
    this.#text("latency-median", `median of the last ${turns.length}: ${Math.round(medianMs)} ms`);
  }

  details(open) {
    this.#document.body.classList.toggle("wide-details", open);
    this.#$("toggle-details").setAttribute("aria-expanded", String(open));
  }

  /** Say something to those who cannot see the page; not twice in a row. */
  announce(text) {
    if (text !== this.#announced) this.#text("announce", text);
    this.#announced = text;
  }

  /** A step with its `commands` set as code. */
  #step(text) {
    const item = this.#make("li", "");
    item.append(...text.split("`").map((part, i) => (i % 2 === 0 ? part : this.#make("code", part))));
    return item;
  }

  #make(name, text) {
    const made = this.#document.createElement(name);
    made.textContent = text;
    return made;
  }
}

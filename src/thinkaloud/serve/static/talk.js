/**
 * Talk: one conversation from start to end. It stands between the user's wishes, the server's events and the sound, and
 * keeps four promises: an interruption is silent at once; the server learns how much of an answer was really heard; what
 * comes late of an answer that was cut is not played; the page always shows what is going on.
 */

import { RealtimeClient, clientSecret, explore } from "./client.js";
import { Conversation } from "./conversation.js";
import { Instruments } from "./instruments.js";
import { fromBase64, fromPcm16 } from "./pcm.js";
import { connectionProblem, lostProblem, soundProblem } from "./problems.js";
import { sessionChange, sessionStart } from "./settings.js";
import { Sound } from "./sound.js";

const LAST_WORD_MS = 160; // after the talk button is let go: what is still on its way from the microphone

export class Talk {
  onEnd = () => {};
  #base;
  #view;
  #instruments;
  #transcript;
  #log;
  #client;
  #sound;
  #conversation = new Conversation();
  #connecting = false;
  #holding = false;
  #awaiting = false; // the user's turn was sent and no answer has begun

  constructor({ base, view, strip, transcript, log }) {
    this.#base = base;
    this.#view = view;
    this.#instruments = new Instruments(view, strip);
    this.#transcript = transcript;
    this.#log = log;
    this.#client = new RealtimeClient({
      onEvent: (event) => this.#receive(event),
      onSend: (event) => log.add("page", event, performance.now()),
      onClose: (close) => this.#lost(close),
    });
    this.#sound = new Sound({
      onFrame: (frame) => this.#takeFrame(frame),
      onMicrophoneLost: () => this.#microphoneLost(),
      onStarted: (id, atMs) => this.#reached(id, atMs),
      onEnded: (id) => this.#show(this.#conversation.played(id, this.#conversation.find(id)?.audioMs, false)),
      onStats: (stats, wasSounding) => this.#takeStats(stats, wasSounding),
    });
  }

  // ------------------------------------------------------------------------------------------- the user's wishes

  /** Connect, and with `speak` open the microphone. Whether there is a connection afterwards. */
  async start({ speak }) {
    if (this.#connecting) return false;
    this.#connecting = true;
    this.#view.notice(null);
    this.refresh();
    try {
      if (speak ? await this.#openMicrophone() : await this.#openSpeaker()) await this.#connect();
    } finally {
      this.#connecting = false;
      this.refresh();
    }
    return this.#client.connected;
  }

  end() {
    this.#client.close();
    this.#stopAll();
    this.#view.announce("Conversation ended");
  }

  toggleMute() {
    if (!this.#sound.canHear || this.#mode === "push") return;
    this.#sound.muted = !this.#sound.muted;
    this.#view.announce(this.#sound.muted ? "Microphone muted" : "Microphone on");
    this.refresh();
  }

  /** Stop the answer, now. Resolves once the server has been told how much of it was heard. */
  async interrupt() {
    if (this.#answering) await this.#stopAnswer({ cancel: true });
  }

  /** The talk button went down. */
  beginTurn() {
    this.interrupt();
    this.#client.clearAudio();
    this.#holding = true;
    this.refresh();
  }

  /** The talk button was let go. */
  async finishTurn() {
    const endedMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, LAST_WORD_MS));
    if (!this.#holding) return;
    this.#holding = false;
    this.#client.commitAudio();
    this.#expectAnswer(endedMs);
  }

  /** A typed turn; connects first if need be. */
  async say(text) {
    if (!this.#client.connected && !(await this.start({ speak: false }))) return this.#view.unsent(text);
    await this.interrupt(); // the question comes after what was heard of the answer before
    this.#client.sendText(text);
    this.#expectAnswer(performance.now());
  }

  /** A setting of the session was changed. */
  change(what) {
    if (this.#client.connected) this.#client.update(sessionChange(what, this.#view.settings()));
    this.refresh();
  }

  async changeMicrophone() {
    if (this.#sound.canHear) await this.#openMicrophone();
    this.refresh();
  }

  get canHold() {
    return this.#client.connected && this.#sound.canHear && this.#mode === "push";
  }

  /** Show what is going on. */
  refresh() {
    this.#view.state({
      phase: this.#phase,
      mode: this.#mode,
      live: this.#client.connected,
      hasMicrophone: this.#sound.canHear,
      muted: this.#sound.muted,
      holding: this.#holding,
      answering: this.#answering,
      empty: this.#conversation.items.length === 0,
    });
  }

  get #mode() {
    return this.#view.settings().mode;
  }

  get #answering() {
    return this.#sound.sounding || this.#awaiting || this.#conversation.responseId !== null;
  }

  get #phase() {
    if (this.#connecting) return "connecting";
    if (!this.#client.connected) return "offline";
    if (this.#holding || this.#conversation.hearing) return "hearing";
    if (this.#sound.sounding) return "speaking";
    if (this.#answering) return "thinking";
    if (!this.#sound.canHear || this.#mode === "push") return "ready";
    return this.#sound.muted ? "muted" : "listening";
  }

  // ------------------------------------------------------------------------------------------- opening and closing

  /** Without a speaker, typing and reading work all the same. */
  async #openSpeaker() {
    try {
      await this.#sound.openSpeaker();
    } catch (error) {
      this.#view.notice(soundProblem(error));
    }
    return true;
  }

  async #openMicrophone() {
    try {
      await this.#sound.openMicrophone(this.#view.settings().microphone);
    } catch (error) {
      this.#view.notice(soundProblem(error), { retry: true });
      return false;
    }
    this.#view.microphones(await this.#sound.microphones());
    return true;
  }

  async #connect() {
    if (this.#client.connected) return;
    const { key, model } = this.#view.settings();
    this.#conversation = new Conversation();
    this.#instruments.begin();
    this.#transcript.clear();
    this.#log.start(performance.now());
    try {
      await this.#client.connect({ base: this.#base, model, key: await clientSecret(this.#base, key) });
    } catch (error) {
      await this.#explain(error, key);
    }
  }

  /** Why there is no connection: the browser does not say, the server does. */
  async #explain(error, key) {
    this.#sound.close();
    const { status } = await explore(this.#base, key);
    this.#view.notice(connectionProblem(status, key !== "", error.message));
    if (status === "locked") this.#view.askKey();
  }

  #lost(close) {
    this.#stopAll();
    this.#view.notice(lostProblem(close));
  }

  #microphoneLost() {
    this.#view.notice(soundProblem({ name: "NotFoundError" }), { retry: true });
    this.refresh();
  }

  #stopAll() {
    for (const item of this.#conversation.underway) this.#show(this.#conversation.cut(item.id, item.heardMs));
    this.#sound.close();
    this.#conversation.stop();
    this.#holding = this.#awaiting = false;
    this.#instruments.end();
    this.onEnd();
    this.refresh();
  }

  // ------------------------------------------------------------------------------------------- sound

  #takeFrame({ pcm, levelDb }) {
    const { mode, threshold } = this.#view.settings();
    const wanted = this.#client.connected && (mode === "free" || this.#holding);
    if (wanted && this.#client.appendAudio(pcm)) this.#instruments.sent(pcm, performance.now());
    this.#instruments.frame({
      levelDb,
      modelDb: this.#sound.playback.levelDb,
      threshold: mode === "free" ? threshold : null,
      hearing: this.#conversation.hearing || this.#holding,
    });
  }

  #takeStats(stats, wasSounding) {
    this.#instruments.played(stats, { droppedFrames: this.#client.droppedFrames, canHear: this.#sound.canHear });
    if (stats.playing) this.#show(this.#conversation.played(stats.id, stats.playedMs, true));
    if (wasSounding !== this.#sound.sounding) this.refresh();
  }

  /** The first of an answer reaches the user. */
  #reached(id, atMs) {
    const latencyMs = this.#instruments.reached(atMs);
    const item = this.#conversation.find(id);
    if (item && latencyMs !== null) this.#show(Object.assign(item, { latencyMs }));
  }

  async #stopAnswer({ cancel }) {
    const conversation = this.#conversation;
    const { responseId, underway } = conversation;
    this.#instruments.latency.abandon();
    this.#awaiting = false;
    for (const item of underway) this.#show(conversation.cut(item.id, item.heardMs)); // what still comes finds it cut
    if (cancel && responseId !== null) this.#client.cancelResponse(responseId);
    const heard = await this.#sound.clear();
    for (const { id, heardMs } of conversation.textOnly ? [] : underway) {
      const playedMs = heard.get(id) ?? heardMs;
      this.#show(conversation.cut(id, playedMs));
      this.#client.truncate(id, playedMs);
    }
    this.refresh();
  }

  // ------------------------------------------------------------------------------------------- the server's events

  #receive(event) {
    const nowMs = performance.now();
    this.#log.add("server", event, nowMs);
    for (const item of this.#conversation.receive(event)) this.#show(item);
    this.#actions[event.type]?.(event, nowMs);
    if (!event.type.endsWith(".delta")) this.refresh();
  }

  #actions = {
    "session.created": ({ session }) => {
      this.#view.session(session);
      this.#client.update(sessionStart(this.#view.settings(), session, this.#sound.canPlay));
      this.#view.announce("Connected");
    },
    "session.updated": ({ session }) => this.#view.session(session),
    "input_audio_buffer.speech_started": () => {
      const { interrupt_response: serverCancels } = this.#conversation.turnDetection;
      if (this.#answering) this.#stopAnswer({ cancel: !serverCancels });
      this.#instruments.latency.abandon();
    },
    "input_audio_buffer.speech_stopped": ({ audio_end_ms: audioEndMs, silence_ms: told }) => {
      const silenceMs = told ?? this.#conversation.turnDetection.silence_duration_ms ?? 0;
      this.#expectAnswer(this.#instruments.speechEndedAt(audioEndMs, silenceMs));
    },
    "response.created": () => (this.#awaiting = false),
    "response.output_audio.delta": ({ item_id, delta }, nowMs) => {
      if (this.#conversation.isCut(item_id)) return;
      this.#instruments.latency.delta(nowMs);
      this.#sound.push(item_id, fromPcm16(fromBase64(delta)));
    },
    "response.output_audio.done": ({ item_id }) => this.#sound.finish(item_id),
    "response.output_text.delta": ({ item_id }, nowMs) => {
      this.#instruments.latency.delta(nowMs);
      this.#reached(item_id, nowMs);
    },
    "response.output_text.done": ({ text }) => this.#view.announce(text),
    "response.done": ({ response }) => {
      this.#awaiting = false;
      if (response.status === "failed") this.#problem("The answer failed", response.status_details?.error);
    },
    "conversation.item.truncated": ({ item_id }) => this.#client.send({ type: "conversation.item.retrieve", item_id }),
    "thinkaloud.warning": (warning) => this.#problem("The server gives notice", warning),
    error: ({ error }) => {
      if (error.code !== "response_cancel_not_active") this.#problem("The server could not do that", error);
    },
  };

  #problem(title, error) {
    this.#view.notice({ title, steps: [error?.message ?? "It gave no reason."] });
  }

  #expectAnswer(endedMs) {
    this.#awaiting = true;
    this.#instruments.latency.begin(endedMs, performance.now());
    this.refresh();
  }

  #show(item) {
    if (item) this.#transcript.show(item, this.#conversation.items);
  }
}

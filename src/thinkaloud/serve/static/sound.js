/** Sound: the ears and the mouth of one conversation. They open one by one, and close together. */

import { Microphone, Speaker, askForMicrophone, audioIsPossible, listMicrophones, openAudio } from "./audio.js";

const SILENCE = { playing: false, queuedMs: 0, levelDb: -100 };

export class Sound {
  playback = SILENCE; // the speaker's latest stats
  #context = null;
  #microphone = null;
  #speaker = null;
  #muted = false;
  #handlers;

  /** `onFrame({pcm, levelDb})`, `onMicrophoneLost()`, `onStarted(id, atMs)`, `onEnded(id)`, `onStats(stats, before)`. */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  get canPlay() {
    return this.#speaker !== null;
  }

  get canHear() {
    return this.#microphone !== null;
  }

  /** Something is played, or about to be. */
  get sounding() {
    return this.playback.playing || this.playback.queuedMs > 0;
  }

  get muted() {
    return this.#muted;
  }

  set muted(muted) {
    this.#muted = muted;
    if (this.#microphone) this.#microphone.muted = muted;
  }

  /** Open the speaker, where the browser allows sound at all. */
  async openSpeaker() {
    if (this.#speaker || !audioIsPossible()) return;
    this.#context = await openAudio();
    this.#speaker = new Speaker(this.#context, {
      ...this.#handlers,
      onStats: (stats) => {
        const wasSounding = this.sounding;
        this.playback = stats;
        this.#handlers.onStats(stats, wasSounding);
      },
    });
  }

  /** Open the microphone, then the speaker: phones set their sound up anew when a microphone opens beside a speaker. */
  async openMicrophone(constraints) {
    this.closeMicrophone();
    const stream = await askForMicrophone(constraints);
    try {
      await this.openSpeaker();
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error;
    }
    const onLost = () => {
      this.closeMicrophone();
      this.#handlers.onMicrophoneLost();
    };
    this.#microphone = new Microphone(this.#context, stream, { onFrame: this.#handlers.onFrame, onLost });
    this.#microphone.muted = this.#muted;
  }

  /** The microphones there are, and the one in use. */
  async microphones() {
    return { devices: await listMicrophones(), current: this.#microphone?.deviceId };
  }

  closeMicrophone() {
    this.#microphone?.close();
    this.#microphone = null;
  }

  close() {
    this.closeMicrophone();
    this.#context?.close();
    this.#context = this.#speaker = null;
    this.playback = SILENCE;
  }

  push(id, samples) {
    this.#speaker?.push(id, samples);
  }

  finish(id) {
    this.#speaker?.finish(id);
  }

  /** Silence, at once. Resolves to how much of each item that was cut had been heard: Map of id -> ms. */
  async clear() {
    const cut = (await this.#speaker?.clear()) ?? [];
    return new Map(cut.map(({ id, playedMs }) => [id, playedMs]));
  }
}

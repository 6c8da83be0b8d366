/** App: starts the page. It asks the server what there is, and hands the user's wishes to a Talk. */

import { audioIsPossible } from "./audio.js";
import { explore } from "./client.js";
import { listen } from "./controls.js";
import { EventLog } from "./eventlog.js";
import { connectionProblem, placeProblem } from "./problems.js";
import { Strip } from "./strip.js";
import { Talk } from "./talk.js";
import { startTheme } from "./theme.js";
import { Transcript } from "./transcript.js";
import { View } from "./view.js";

const $ = (id) => document.getElementById(id);

const view = new View(document);
const strip = new Strip($("strip"), $("threshold-mark"));
const transcript = new Transcript($("transcript"), $("scroll"));
const log = new EventLog($("log"), $("log-count"));
const place = { possible: audioIsPossible(), host: location.hostname, port: location.port || "80" };
const talk = new Talk({ base: document.baseURI, view, strip, transcript, log });

const hold = listen(document, {
  start: () => (place.possible ? talk.start({ speak: true }) : view.notice(placeProblem(place))),
  end: () => talk.end(),
  toggleMute: () => talk.toggleMute(),
  interrupt: () => talk.interrupt(),
  begin: () => talk.beginTurn(),
  finish: () => talk.finishTurn(),
  say: (text) => talk.say(text),
  change: (what) => talk.change(what),
  changeMicrophone: () => talk.changeMicrophone(),
  canHold: () => talk.canHold,
  showSettings: () => view.showSettings(),
  dismiss: () => view.notice(null),
  toggleDetails: () => view.details(!document.body.classList.contains("wide-details")),
  download: () => log.download(),
  filter: (text) => (log.filter = text),
});
talk.onEnd = () => hold.reset();

startTheme($("theme"), $("theme-text"), () => strip.restyle());
view.showSettings();
view.details(matchMedia("(min-width: 1100px)").matches);
talk.refresh();
welcome();

/** What can be said before the first click: that the microphone will not work here, or that a key is wanted. */
async function welcome() {
  view.notice(placeProblem(place));
  const { status, models, voices } = await explore(document.baseURI, "");
  if (status === "locked") view.askKey();
  else if (status !== "ok" && place.possible) view.notice(connectionProblem(status, false));
  if (models.length > 0) view.models(models);
  if (voices.length > 0) view.voices(voices);
}

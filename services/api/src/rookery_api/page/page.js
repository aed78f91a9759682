// The page: one sheet for each model, kept up to date while the page is looked at.

import { Contents } from "./contents.js";
import { Away, models, useKey } from "./service.js";
import { Sheet } from "./sheet.js";
import { place, say } from "./template.js";

const SOON = 2_000;
const LATER = 10_000;

const sheets = new Map();
const contents = new Contents(turn, reveal);
let timer = 0;
let asking = false;
let keyGiven = false;
let listed;
let failed = false;

/** Asks for the models and shows them; then again, soon while something is missing. */
async function refresh() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  try {
    answered(await models());
  } catch (error) {
    missed(error);
  } finally {
    asking = false;
    if (!document.hidden) timer = setTimeout(refresh, settled() ? LATER : SOON);
  }
}

function settled() {
  const all = [...sheets.values()];
  return place("notice").hidden && all.length > 0 && all.every((sheet) => sheet.settled);
}

function answered(list) {
  if (list !== listed || failed) arrange(list.models);
  if (failed) sheets.forEach((sheet) => sheet.forgive());
  listed = list;
  failed = false;
  notice(list.catalog_error ?? "");
  place("key").hidden = true;
}

function missed(error) {
  failed = true;
  place("waiting").hidden = error.wantsKey || sheets.size > 0;
  if (error.wantsKey) askKey();
  else if (error instanceof Away) {
    notice("The service does not answer. What you typed stays here, and this page keeps trying.");
  } else notice(error.message);
}

function notice(message) {
  say(place("notice"), message);
  place("notice").hidden = message === "";
}

function askKey() {
  notice("");
  say(place("key-state"), keyGiven ? "The server refuses this key." : "");
  place("key").hidden = false;
}

function takeKey(event) {
  event.preventDefault();
  const value = place("key-value").value.trim();
  keyGiven = value !== "";
  useKey(value);
  refresh();
}

/** A prediction failed: the reason may be one that a look at the models shows. */
function refused(error) {
  if (error.wantsKey) {
    failed = true;
    askKey();
    place("key-value").focus();
  } else refresh();
}

/** New models get a sheet in their place, known ones an update; nothing typed is lost. */
function arrange(cards) {
  say(place("waiting"), "No model is listed here yet.");
  place("waiting").hidden = cards.length > 0;
  let previous = place("waiting");
  for (const card of cards) {
    const sheet = sheets.get(card.name) ?? new Sheet(card.name, refused);
    sheets.set(card.name, sheet);
    sheet.update(card);
    if (previous.nextElementSibling !== sheet.root) previous.after(sheet.root);
    previous = sheet.root;
  }
  const names = new Set(cards.map((card) => card.name));
  sheets.forEach((sheet, name) => names.has(name) || sheet.retire());
  const first = contents.update(cards);
  reveal();
  // The address was there before the model was.
  if (first && contents.alone) sheets.get(contents.chosen).root.scrollIntoView();
}

/** Shows the models that are chosen; the window's title names one that stands alone. */
function reveal() {
  sheets.forEach((sheet, name) => (sheet.root.hidden = !contents.shows(name)));
  const alone = contents.alone ? contents.chosen : sheets.size === 1 && [...sheets.keys()][0];
  document.title = alone ? `${sheets.get(alone).title} \u00b7 Rookery` : "Rookery";
}

/** Another choice: what it shows is gone to, as a link within a page does. */
function turn() {
  reveal();
  const target = contents.alone ? sheets.get(contents.chosen).root : place("models");
  target.focus({ preventScroll: true });
  target.scrollIntoView();
}

place("key").addEventListener("submit", takeKey);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
window.addEventListener("online", refresh);
refresh();

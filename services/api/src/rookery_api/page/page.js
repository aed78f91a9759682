// The page: one sheet for each model, kept up to date while the page is looked at.

import { Away, models, useKey } from "./service.js";
import { Sheet } from "./sheet.js";
import { element, say } from "./template.js";

const SOON = 2_000;
const LATER = 10_000;

const place = (id) => document.getElementById(id);
const sheets = new Map();
let timer = 0;
let asking = false;
let keyGiven = false;

/** Asks for the models and shows them; then again, soon while something is missing. */
async function refresh() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  try {
    const listed = await models();
    arrange(listed.models);
    notice(listed.catalog_error ?? "");
    place("key").hidden = true;
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

function missed(error) {
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
  contents(cards);
}

function contents(cards) {
  const text = JSON.stringify(cards.map(({ name, title }) => [name, title]));
  const list = place("contents");
  if (list.dataset.text === text) return;
  list.dataset.text = text;
  list.replaceChildren(
    ...cards.map(({ name, title }) => element("li", {}, element("a", { href: `#${name}` }, title))),
  );
}

place("key").addEventListener("submit", takeKey);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
window.addEventListener("online", refresh);
refresh();

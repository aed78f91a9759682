// The answer to a form: a class with every probability as a bar, or a number with its interval; and
// who said so.

import { element, say } from "./template.js";
import { measure, percent, short, whole } from "./words.js";

const BARS_AT_MOST = 8;
/** From here on a label is set like a sentence, not like a headline. */
const LONG_LABEL = 40;

/** Shows the classes that may be answered, before any answer: none of a number. */
export function invite(parts, { classes }) {
  say(parts.label, "");
  say(parts.interval, "");
  say(parts.source, "");
  parts.request.hidden = true;
  parts.answer.classList.add("blank");
  say(parts.note, "Fill in the form, or begin with the example.");
  parts.bars.replaceChildren(...classes.slice(0, BARS_AT_MOST).map((name) => bar(name)));
  if (classes.length > BARS_AT_MOST) parts.bars.append(bar(rest(classes.length - BARS_AT_MOST)));
}

/** Shows an answer of `POST /predict/{model}`, which keeps to `contract`. */
export function show(parts, answer, { task, unit, classes, interval: share }, command) {
  const { value, interval } = answer;
  const isNumber = task === "regression";
  const told = isNumber ? measure(value) : answer.class;
  const beside = isNumber ? unit : percent(answer.probabilities[told]);
  parts.label.replaceChildren(
    element("strong", isNumber ? { title: value } : {}, told),
    ...(beside ? [" ", element("span", {}, beside)] : []),
  );
  parts.label.classList.toggle("long", told.length > LONG_LABEL);
  parts.bars.replaceChildren(...(isNumber ? [] : barsOf(answer, classes)));
  parts.answer.classList.remove("blank", "stale");
  say(parts.note, "");
  say(parts.interval, interval ? within(interval, share) : "");
  say(parts.source, source(answer.model));
  say(parts.command, command);
  parts.request.hidden = false;
}

/** The bars are in the order of the contract's classes. */
function barsOf({ probabilities, class: winner }, classes) {
  // Not the object's own order: JavaScript puts keys that look like numbers first.
  const ranked = classes.map((name) => [name, probabilities[name] ?? 0]);
  // Few classes keep their places, so that one answer compares with the next at a glance.
  if (ranked.length > BARS_AT_MOST) ranked.sort(([, one], [, other]) => other - one);
  const bars = ranked
    .slice(0, BARS_AT_MOST)
    .map(([name, probability]) => bar(name, probability, name === winner));
  const others = ranked.slice(BARS_AT_MOST);
  if (others.length) {
    const sum = others.reduce((total, [, probability]) => total + probability, 0);
    bars.push(bar(rest(others.length), sum));
  }
  return bars;
}

/** Says why the answer shown is not today's; an empty text says that it is. */
export function date(parts, why) {
  parts.answer.classList.toggle("stale", why !== "");
  say(parts.note, why);
}

function source({ version, run_id: run, data_digest: data }) {
  return `Version ${version}, run ${short(run)}, data ${short(data)}`;
}

/** Says between which numbers most truths are to lie. */
const within = ([low, high], share) =>
  `${whole(100 * share)}\u00a0% of the truths are to lie between ${measure(low)} and ${measure(high)}.`;

const rest = (count) => `${count} other ${count === 1 ? "class" : "classes"}`;

function bar(name, probability, winner = false) {
  const track = element("span", { class: "track", "aria-hidden": "true" });
  track.style.setProperty("--share", String(probability ?? 0));
  return element(
    "li",
    winner ? { class: "winner" } : {},
    element("span", { class: "class" }, name),
    " ",
    element("span", { class: "share" }, probability === undefined ? "" : percent(probability)),
    track,
  );
}

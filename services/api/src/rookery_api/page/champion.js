// The card of the champion and the history of the versions before it.

import { element, say } from "./template.js";
import { capital, metricName, phrase, score, short, when, whole } from "./words.js";

const ROWS_AT_FIRST = 8;

/** Shows the champion's card. */
export function introduce(parts, { champion, aliases }) {
  const { metric, metrics } = champion;
  say(parts.score, score(metric, metrics[metric]));
  say(parts.metric, `${metricName(metric)} on ${whole(champion.holdout_rows)} held-out rows`);
  const others = Object.entries(metrics).filter(([name]) => name !== metric);
  const names = Object.keys(aliases).filter((alias) => aliases[alias] === champion.version);
  parts.version.replaceChildren(`Version ${champion.version}`, ...names.map(tag));
  parts.facts.replaceChildren(
    ...others.flatMap(([name, value]) => fact(metricName(name), score(name, value))),
    ...fact("Estimator", phrase(champion.estimator)),
    ...fact("Trained", [time(champion.trained_at)]),
    ...fact("Training rows", whole(champion.training_rows)),
    ...fact("Data digest", [digest(champion.data_digest)]),
    ...fact("Run", [digest(champion.run_id)]),
  );
}

/** Shows the versions of the registry, newest first: some, and all on demand. */
export function recount(parts, { history, title }) {
  const { history: section, more, promotions, table } = parts;
  section.hidden = history.length === 0;
  table.setAttribute("aria-label", `Promotions of ${title}`);
  const all = history.length <= ROWS_AT_FIRST || "all" in table.dataset;
  promotions.replaceChildren(...(all ? history : history.slice(0, ROWS_AT_FIRST)).map(row));
  more.hidden = all;
  say(more, `Show all ${history.length} versions`);
  more.onclick = () => {
    table.dataset.all = "";
    recount(parts, { history, title });
    table.tabIndex = -1;
    table.focus();
  };
}

function row(version) {
  const moment = version.promoted_at ?? version.created_at;
  const decision = version.barred ? "rolled back" : (version.decision ?? "registered");
  return element(
    "tr",
    { role: "row" },
    element("th", { scope: "row", role: "rowheader" }, version.version, ...version.aliases.map(tag)),
    cell(phrase(decision)),
    cell(moment ? time(moment) : ""),
    cell(reason(version.evidence)),
  );
}

function reason(evidence) {
  const { reason: sentence, rule } = evidence ?? {};
  if (typeof sentence === "string") return capital(sentence);
  return typeof rule === "string" ? phrase(rule) : "";
}

function fact(term, content) {
  const parts = Array.isArray(content) ? content : [content];
  return [element("div", {}, element("dt", {}, term), element("dd", {}, ...parts))];
}

const cell = (content) => element("td", { role: "cell" }, content);
const tag = (alias) => element("span", { class: "alias" }, alias);
const time = (iso) => element("time", { datetime: iso }, when(iso));
const digest = (text) => element("code", { title: text }, short(text));

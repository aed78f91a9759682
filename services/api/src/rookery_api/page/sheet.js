// The sheet of one model: its form, its answer, its champion and its history.

import { date, invite, show } from "./answer.js";
import { introduce, recount } from "./champion.js";
import { commandOf } from "./command.js";
import { complaint } from "./faults.js";
import { fieldOf } from "./fields.js";
import { Away, predict } from "./service.js";
import { bringIntoSight } from "./sight.js";
import { say, stamp } from "./template.js";

const STATES = {
  serving: "",
  no_champion: "No champion yet. The first sweep will promote one, and this page notices by itself.",
  champion_loading: "The champion is on its way here; this page notices when it has arrived.",
  champion_broken: "The champion did not pass its checks, so nothing is served in its place.",
  spec_invalid: "This model's spec is not valid, so it can't be trained.",
  registry_unknown: "The model registry has not answered yet; this page goes on asking.",
  gone: "This model is no longer listed here.",
};
const CHANGED = "The model asks for other values now: look at the form once more.";
/** Of a model whose spec has never been valid. */
const NO_CONTRACT = { features: [], classes: [] };

export class Sheet {
  /** `refused` is called with each error of a prediction. */
  constructor(name, refused) {
    const { root, parts } = stamp("sheet");
    this.root = root;
    this.parts = parts;
    this.name = name;
    this.refused = refused;
    this.fields = [];
    this.drawn = new Map();
    root.id = name;
    // Features' ids are the model's name, a point and theirs.
    parts.title.id = `${name}.sheet.title`;
    root.tabIndex = -1;
    root.setAttribute("aria-labelledby", parts.title.id);
    parts.form.addEventListener("submit", (event) => this.submit(event));
    parts.form.addEventListener("input", (event) => this.changed(event.target));
    parts.form.addEventListener("reset", () => this.clear());
    parts.example.addEventListener("click", () => this.fill());
  }

  /** Shows what the card says; what was typed stays, even where the contract has changed. */
  update(card) {
    const { parts } = this;
    const { champion, state } = card;
    this.card = { ...card, contract: card.contract ?? NO_CONTRACT };
    say(parts.eyebrow, champion ? `${this.name} · version ${champion.version}` : this.name);
    say(parts.title, card.title);
    say(parts.description, card.description);
    this.tell(state, [card.spec_error, card.registry.error].filter(Boolean).join(" "));
    this.draw("contract", this.card.contract, () => this.rebuild());
    parts.champion.hidden = !champion;
    if (champion) {
      this.draw("champion", [champion.version, champion.data_digest, card.aliases], () =>
        introduce(parts, card),
      );
    }
    this.draw("history", card.history, () => recount(parts, card));
    this.judge();
  }

  /** Says whether the answer shown is still the one to the values and of the champion there are. */
  judge() {
    if (!this.answered) return;
    const now = this.card.champion?.version;
    if (this.asked !== JSON.stringify(this.instance)) date(this.parts, "The values have changed since this answer.");
    else if (now && now !== this.answered) {
      date(this.parts, `Version ${now} is champion now; this answer is older.`);
    } else date(this.parts, "");
  }

  /** Whether nothing better is to be expected soon. */
  get settled() {
    return this.card.state === "serving" && !this.card.registry.error;
  }

  get title() {
    return this.card.title;
  }

  /** The model has left the list: its sheet stays, with what was typed. */
  retire() {
    this.tell("gone");
  }

  /** What failed for a reason that has gone is no news any more. */
  forgive() {
    if (this.failed) this.excuse();
  }

  excuse() {
    this.failed = false;
    say(this.parts.fault, "");
  }

  tell(state, error) {
    const { parts } = this;
    if (state !== this.root.dataset.state) this.forgive();
    say(parts.state, [STATES[state], error].filter(Boolean).join(" "));
    parts.state.hidden = parts.state.textContent === "";
    parts.submit.disabled = state !== "serving";
    this.root.dataset.state = state;
  }

  /** Draws where `value` differs from what was drawn last: a selected text stays selected. */
  draw(place, value, act) {
    const text = JSON.stringify(value);
    if (this.drawn.get(place) === text) return;
    this.drawn.set(place, text);
    act();
  }

  rebuild() {
    const typed = new Map(this.fields.map((field) => [field.feature.name, field.typed]));
    const focused = this.fields.find((field) => field.root.contains(document.activeElement));
    const { features } = this.card.contract;
    // What was wrong for the model before may have been wrong with the form.
    if (this.fields.some((field) => field.wrong)) say(this.parts.fault, CHANGED);
    this.fields = features.map((feature) => fieldOf(feature, this.name));
    for (const field of this.fields) {
      if (typed.has(field.feature.name)) field.typed = typed.get(field.feature.name);
    }
    this.parts.fields.replaceChildren(...this.fields.map((field) => field.root));
    this.fields.find((field) => field.feature.name === focused?.feature.name)?.focus();
    this.unanswer();
  }

  /** What is sent: the fields that hold something. */
  get instance() {
    const given = this.fields.filter((field) => field.value !== undefined);
    return Object.fromEntries(given.map((field) => [field.feature.name, field.value]));
  }

  fill() {
    this.put((field) => field.example);
    this.judge();
  }

  clear() {
    this.put(() => "");
    this.unanswer();
  }

  put(textOf) {
    for (const field of this.fields) {
      field.typed = textOf(field);
      field.complain("");
    }
    this.excuse();
  }

  unanswer() {
    this.answered = undefined;
    invite(this.parts, this.card.contract);
  }

  changed(control) {
    this.fields.find((field) => field.root.contains(control))?.complain("");
    this.excuse();
    this.judge();
  }

  async submit(event) {
    event.preventDefault();
    const { form, submit } = this.parts;
    if (form.ariaBusy === "true" || submit.disabled) return;
    const { instance } = this;
    form.ariaBusy = "true";
    this.fields.forEach((field) => field.complain(""));
    this.excuse();
    try {
      const answer = await predict(this.name, instance);
      this.answered = answer.model.version;
      this.asked = JSON.stringify(instance);
      show(this.parts, answer, this.card.contract, commandOf(this.name, instance));
      this.judge();
      bringIntoSight(this.parts.shown);
    } catch (error) {
      this.explain(error);
      this.refused(error);
    } finally {
      form.ariaBusy = "false";
    }
  }

  /** Puts each fault beside its field and goes to the first; any other stands below the form. */
  explain(error) {
    if (error instanceof Away) {
      this.fail("The service did not answer. What you typed is still here: try again.");
      return;
    }
    const told = new Map(error.faults.map(({ path, message }) => [path, message]));
    if (told.size > 0) {
      // The server names a few faults at once: those that are plain to see are all named here.
      for (const field of this.fields) {
        const { feature, typed } = field;
        field.complain(complaint(feature, typed) || (told.get(`/${feature.name}`) ?? ""));
      }
    }
    const first = this.fields.find((field) => field.wrong);
    if (first) first.focus();
    else this.fail(told.size > 0 ? CHANGED : error.message);
  }

  /** Says why there is no answer, where it is seen. */
  fail(message) {
    this.failed = true;
    say(this.parts.fault, message);
    bringIntoSight(this.parts.fault);
  }
}

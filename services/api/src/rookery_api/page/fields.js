// One field for each feature of a contract: what is typed, what is sent, what is wrong with it.

import { RadioField, SelectField, TruthField } from "./choices.js";
import { measure } from "./faults.js";
import { Field } from "./field.js";
import { read } from "./numbers.js";
import { followPointer, point, snap, stepOf } from "./ruler.js";
import { say } from "./template.js";
import { MomentField, TextField } from "./texts.js";

const RADIOS_AT_MOST = 5;
const KINDS = { number: () => NumberField, boolean: () => TruthField, datetime: () => MomentField };

/** The field of a feature; `model` makes its id unique on the page. */
export function fieldOf(feature, model) {
  const Kind = KINDS[feature.kind]?.() ?? categoryField(feature);
  return new Kind(feature, model);
}

function categoryField({ unknown, values }) {
  if (unknown === "accept") return TextField;
  return values.length > RADIOS_AT_MOST ? SelectField : RadioField;
}

class NumberField extends Field {
  constructor(feature, model) {
    super("number", feature, model);
    const { entry, input, name, unit, low, high, range, ruler } = this.parts;
    name.htmlFor = input.id = this.id;
    input.name = feature.name;
    // The decimal keypad of a phone has no minus sign.
    if (!(feature.minimum >= 0)) input.inputMode = "text";
    say(unit, feature.unit);
    if (feature.minimum === undefined) this.drop(ruler, range);
    say(low, String(feature.minimum));
    say(high, measure(feature.maximum, feature));
    // The range names the unit; where there is none, the unit is read out itself.
    this.bind(input, feature.minimum === undefined ? unit : range);
    input.addEventListener("input", () => this.show());
    input.addEventListener("keydown", (event) => this.step(event));
    entry.addEventListener("click", () => input.focus());
    followPointer(ruler, feature, (text) => {
      this.typed = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    this.show();
  }

  get typed() {
    return this.parts.input.value;
  }

  set typed(text) {
    this.parts.input.value = text;
    this.show();
  }

  /** What is sent: a number, or as typed what is none for sure, for the server to refuse; or nothing. */
  get value() {
    const text = this.typed.trim();
    if (text === "") return undefined;
    const { number, other } = read(text, this.feature);
    return Number.isFinite(number) && other === undefined ? number : text;
  }

  get example() {
    return String(this.feature.example);
  }

  show() {
    const value = this.value;
    point(this.parts.ruler, typeof value === "number" ? value : NaN, this.feature);
  }

  /** Arrow keys go one step, page keys ten; from an empty field to the example. */
  step(event) {
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!steps || event.altKey || event.ctrlKey || event.metaKey) return;
    const value = this.value ?? Number(this.example);
    if (typeof value !== "number") return;
    event.preventDefault();
    const moved = value + steps * stepOf(this.feature);
    this.typed = this.typed.trim() === "" ? this.example : snap(moved, this.feature);
    this.parts.input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// One field for each feature of a contract: what is typed, what is sent, what is wrong with it.

import { measure } from "./faults.js";
import { read } from "./numbers.js";
import { followPointer, point, snap, stepOf } from "./ruler.js";
import { bringIntoSight } from "./sight.js";
import { element, say, stamp } from "./template.js";
import { phrase } from "./words.js";

const RADIOS_AT_MOST = 5;
const UNKNOWN = "Not known";

/** The field of a feature; `model` makes its id unique on the page. */
export function fieldOf(feature, model) {
  if (feature.kind === "number") return new NumberField(feature, model);
  return feature.values.length > RADIOS_AT_MOST
    ? new SelectField(feature, model)
    : new RadioField(feature, model);
}

class Field {
  constructor(template, feature, model) {
    this.feature = feature;
    this.id = `${model}.${feature.name}`;
    const { root, parts } = stamp(template);
    this.root = root;
    this.parts = parts;
    this.root.dataset.feature = feature.name;
    const name = feature.title || phrase(feature.name, feature.unit);
    say(parts.name, name);
    if (feature.optional) parts.name.append(element("span", { class: "optional" }, " optional"));
    say(parts.hint, feature.description);
    parts.hint.hidden = ["", name].includes(feature.description);
  }

  /** Ties the control to its label, its hint and its error. */
  bind(control, ...described) {
    this.control = control;
    const texts = [this.parts.hint, ...described, this.parts.wrong].filter((text) => !text.hidden);
    texts.forEach((text, place) => (text.id = `${this.id}.${place}`));
    control.setAttribute("aria-describedby", texts.map((text) => text.id).join(" "));
    control.setAttribute("aria-required", String(!this.feature.optional));
  }

  /** Shows what is wrong with the value; an empty message takes it away. */
  complain(message) {
    say(this.parts.wrong, message);
    this.root.classList.toggle("invalid", message !== "");
    if (message) this.control.setAttribute("aria-invalid", "true");
    else this.control.removeAttribute("aria-invalid");
  }

  get wrong() {
    return this.root.classList.contains("invalid");
  }

  /** Gives the control the focus, and brings the whole field into sight with what is wrong. */
  focus() {
    this.focusable.focus({ preventScroll: true });
    bringIntoSight(this.root);
  }

  get focusable() {
    return this.control;
  }
}

class NumberField extends Field {
  constructor(feature, model) {
    super("number", feature, model);
    const { entry, input, name, unit, low, high, range, ruler } = this.parts;
    name.htmlFor = input.id = this.id;
    input.name = feature.name;
    // The decimal keypad of a phone has no minus sign.
    if (feature.minimum < 0) input.inputMode = "text";
    say(unit, feature.unit);
    say(low, String(feature.minimum));
    say(high, measure(feature.maximum, feature));
    this.bind(input, range);
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
    const moved = value + steps * stepOf(this.feature.minimum, this.feature.maximum);
    this.typed = this.typed.trim() === "" ? this.example : snap(moved, this.feature);
    this.parts.input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

class SelectField extends Field {
  constructor(feature, model) {
    super("select", feature, model);
    const { input, name } = this.parts;
    name.htmlFor = input.id = this.id;
    input.name = feature.name;
    input.append(element("option", { value: "" }, feature.optional ? UNKNOWN : "Choose one"));
    feature.values.forEach((value) => input.append(element("option", { value }, value)));
    this.bind(input);
  }

  get typed() {
    return this.parts.input.value;
  }

  set typed(value) {
    this.parts.input.value = this.feature.values.includes(value) ? value : "";
  }

  get value() {
    return this.typed || undefined;
  }

  get example() {
    return this.feature.example;
  }
}

class RadioField extends Field {
  constructor(feature, model) {
    super("radios", feature, model);
    this.parts.name.id = `${this.id}.name`;
    this.root.setAttribute("aria-labelledby", this.parts.name.id);
    const values = feature.optional ? ["", ...feature.values] : feature.values;
    this.radios = values.map((value, place) => {
      const id = `${this.id}.choice.${place}`;
      const radio = element("input", { type: "radio", name: this.id, id, value });
      const label = element("label", { for: id }, value || UNKNOWN);
      this.parts.choices.append(element("span", { class: "choice" }, radio, label));
      return radio;
    });
    if (feature.optional) this.radios[0].defaultChecked = true;
    this.bind(this.root);
  }

  get typed() {
    return this.radios.find((radio) => radio.checked)?.value ?? "";
  }

  set typed(value) {
    this.radios.forEach((radio) => (radio.checked = radio.value === value));
  }

  get value() {
    return this.typed || undefined;
  }

  get example() {
    return this.feature.example;
  }

  get focusable() {
    return this.radios.find((radio) => radio.checked) ?? this.radios[0];
  }
}

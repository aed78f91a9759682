// Fields in which one of a few values is chosen.

import { Field } from "./field.js";
import { element } from "./template.js";

const UNKNOWN = "Not known";
const TRUTHS = { Yes: true, No: false };

export class SelectField extends Field {
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

export class RadioField extends Field {
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

export class TruthField extends RadioField {
  constructor(feature, model) {
    super({ ...feature, values: Object.keys(TRUTHS) }, model);
  }

  get value() {
    return TRUTHS[this.typed];
  }

  get example() {
    return this.feature.example ? "Yes" : "No";
  }
}

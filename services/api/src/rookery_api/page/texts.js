// Fields in which a text is typed: a label that the model may not know, or a moment.

import { Field } from "./field.js";
import { element, say } from "./template.js";

export class TextField extends Field {
  constructor(feature, model) {
    super("number", feature, model);
    const { input, name, range, ruler, value } = this.parts;
    name.htmlFor = input.id = this.id;
    input.name = feature.name;
    input.inputMode = "text";
    this.drop(ruler, range);
    if (feature.values?.length) {
      const known = feature.values.map((label) => element("option", { value: label }));
      value.append(element("datalist", { id: `${this.id}.known` }, ...known));
      input.setAttribute("list", `${this.id}.known`);
    }
    this.bind(input);
  }

  get typed() {
    return this.parts.input.value;
  }

  set typed(text) {
    this.parts.input.value = text;
  }

  get value() {
    return this.typed || undefined;
  }

  get example() {
    return this.feature.example;
  }
}

/** A moment by the clocks of the feature's zone, which is sent with their offset. */
export class MomentField extends TextField {
  constructor(feature, model) {
    super(feature, model);
    this.parts.input.type = "datetime-local";
    this.parts.input.step = "1";
    say(this.parts.unit, feature.zone ?? "");
  }

  get value() {
    const { zone } = this.feature;
    return this.typed && zone ? this.typed + offset(this.typed, zone) : super.value;
  }

  get example() {
    const { example, zone } = this.feature;
    if (!zone) return example.padEnd(16, "T00:00");
    const shown = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    return shown.format(new Date(example)).replace(" ", "T");
  }
}

/** The offset of the zone's clocks, as `+02:00`, when they show `local`. */
function offset(local, zone) {
  const named = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  const at = (time) => {
    const name = named.formatToParts(new Date(time)).find(({ type }) => type === "timeZoneName");
    return name.value.slice(3) || "+00:00";
  };
  return at(`${local}${at(`${local}Z`)}`);
}

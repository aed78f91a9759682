// What all fields share: the name, the hint, and what is wrong.

import { bringIntoSight } from "./sight.js";
import { element, say, stamp } from "./template.js";
import { phrase } from "./words.js";

export class Field {
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

  /** Takes away parts of the template that the feature has no use for. */
  drop(...parts) {
    for (const part of parts) {
      part.hidden = true;
      part.remove();
    }
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

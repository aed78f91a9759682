// How names, numbers and times read to people.

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const hour = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const count = new Intl.NumberFormat("en");

/** `bill_length_mm` in mm is "Bill length"; `random_forest` is "Random forest". */
export function phrase(name, unit = "") {
  const ending = `_${unit.toLowerCase()}`;
  const stem = unit && name.endsWith(ending) ? name.slice(0, -ending.length) : name;
  return capital(stem.replaceAll("_", " ").replace(/\bf1\b/, "F1").trim());
}

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** A probability in per cent, never rounded to a certainty it is not. */
export function percent(probability) {
  if (probability === 0 || probability === 1) return `${100 * probability}\u00a0%`;
  if (probability < 0.001) return "<\u00a00.1\u00a0%";
  if (probability > 0.999) return ">\u00a099.9\u00a0%";
  return `${(100 * probability).toFixed(1)}\u00a0%`;
}

export const score = (value) => value.toFixed(3);
export const whole = (value) => count.format(value);
export const short = (digest) => digest.replace(/^sha256:/, "").slice(0, 12);

/** A moment in the reader's own time zone; a text that is none stays as it is. */
export function when(iso) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${day.format(date)}, ${hour.format(date).replaceAll(" ", "\u00a0")}`;
}

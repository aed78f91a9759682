// How names, numbers and times read to people.

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const hour = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

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

const ABBREVIATED = { rmse: "RMSE", mae: "MAE", r2: "R²", roc_auc: "ROC AUC" };

/** `macro_f1` is "Macro F1", `rmse` is "RMSE". */
export const metricName = (metric) => ABBREVIATED[metric] ?? phrase(metric);

/** The value of a metric; an error and a width are in the unit of the answer. */
export const score = (metric, value) =>
  /^(rmse|mae|interval_width)$/.test(metric) ? measure(value) : value.toFixed(3);

/** A number in six digits, or in all that stand before its point. */
export function measure(value) {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-6)) return value.toExponential(5);
  const digits = size >= 1e6 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 6 };
  return value.toLocaleString("en", digits);
}

export const whole = (value) => value.toLocaleString("en");
export const short = (digest) => digest.replace(/^sha256:/, "").slice(0, 12);

/** A moment in the reader's own time zone; a text that is none stays as it is. */
export function when(iso) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${day.format(date)}, ${hour.format(date).replaceAll(" ", "\u00a0")}`;
}

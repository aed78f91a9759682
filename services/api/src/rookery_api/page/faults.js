// What is wrong with a value, in the words of a form. Whether something is, the server judges.

import { grouped, read } from "./numbers.js";

/** The words for what was typed as the value of `feature`; "" where nothing seems wrong with it. */
export function complaint(feature, typed) {
  if (typed.trim() === "") return feature.optional ? "" : missing(feature);
  return feature.kind === "number" ? misfit(feature, typed) : "";
}

const missing = ({ kind, unknown }) =>
  kind === "boolean" || (kind === "category" && unknown !== "accept") ? "Choose one" : "Fill this in";

function misfit(feature, typed) {
  const { minimum, maximum } = feature;
  const { number, other } = read(typed, feature);
  if (other !== undefined) return `${number} or ${other}? Write it without the comma`;
  if (number < minimum) return `At least ${measure(minimum, feature)}`;
  if (number > maximum) return `At most ${measure(maximum, feature)}`;
  if (feature.integer && number % 1) return "A whole number, please";
  if (!Number.isNaN(number)) return "";
  const thousands = grouped(typed, feature) ? ", with nothing between its thousands" : "";
  return `${feature.unit ? `A number in ${feature.unit}` : "A number"}, please${thousands}`;
}

/** A number with its unit. */
export const measure = (number, { unit }) => `${number} ${unit}`.trim();

// A prediction as a command for a terminal.

import { predictPath } from "./service.js";

/** The curl command that asks the same; a quote within a value is closed, escaped and opened. */
export function commandOf(model, instance) {
  const address = new URL(predictPath(model), document.baseURI).href;
  const body = JSON.stringify(instance).replaceAll("'", String.raw`'\''`);
  return `curl ${address} \\\n  --json '${body}'`;
}

// A prediction as a command for a terminal.

import { hasKey, predictPath } from "./service.js";

/** The curl command that asks the same; the key stays out of it, as the name of a variable. */
export function commandOf(model, instance) {
  const address = new URL(predictPath(model), document.baseURI).href;
  // Within single quotes a shell takes all but the quote itself: close, escape, open.
  const body = JSON.stringify(instance, null, 2).replaceAll("'", String.raw`'\''`);
  const key = hasKey() ? ` -H "X-API-Key: $ROOKERY_API_KEY"` : "";
  return `curl ${address}${key} --json '${body}'`;
}

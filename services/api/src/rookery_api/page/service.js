// The service's answers as JSON, and its refusals as errors that name a field where there is one.

const PATIENCE = 10_000;
let key = "";

/** The API key of this page's memory, sent from now on; an empty one is none. */
export function useKey(value) {
  key = value;
}

/** Whether a key is sent. */
export const hasKey = () => key !== "";

/** Nobody answered in time, or something between here and the service did. */
export class Away extends Error {}

/** The service refused, in the form of RFC 9457. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `The service answered ${status}.`);
    this.status = status;
    this.faults = problem.errors ?? [];
  }

  get wantsKey() {
    return this.status === 401 || this.status === 403;
  }
}

/** The list of models. */
export const models = () => ask("models");

/** The champion's answer to one instance. */
export const predict = (model, instance) => ask(predictPath(model), instance);

export const predictPath = (model) => `predict/${encodeURIComponent(model)}`;

async function ask(path, body) {
  const headers = new Headers({ accept: "application/json" });
  if (body) headers.set("content-type", "application/json");
  const request = { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  if (body) Object.assign(request, { method: "POST", body: JSON.stringify(body) });
  if (key) setKey(headers);
  try {
    const answer = await fetch(path, request);
    const json = /[/+]json\b/.test(answer.headers.get("content-type"));
    if (json && answer.ok) return await answer.json();
    if (json) throw new Refusal(answer.status, await answer.json());
  } catch (error) {
    if (error instanceof Refusal) throw error;
  }
  throw new Away(`No answer from ${path}`);
}

function setKey(headers) {
  try {
    headers.set("x-api-key", key);
  } catch {
    throw new Refusal(401, { detail: "An API key has no such characters." });
  }
}

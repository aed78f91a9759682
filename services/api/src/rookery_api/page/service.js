// The service's answers as JSON, and its refusals as errors that name a field where there is one.

const PATIENCE = 10_000;
const NOT_MODIFIED = 304;
let key = "";
let list = {};

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

/** The list of models: the same object again for as long as nothing of it has changed. */
export async function models() {
  const { status, ...sent } = await request("models", list.tag ? { "if-none-match": list.tag } : {});
  if (status !== NOT_MODIFIED) list = sent;
  return list.content;
}

/** The champion's answer to one instance. */
export async function predict(model, instance) {
  const json = { "content-type": "application/json" };
  return (await request(predictPath(model), json, instance)).content;
}

export const predictPath = (model) => `predict/${encodeURIComponent(model)}`;

/** Asks for a path, or posts a body to it: the status, and where there is one, what the JSON says. */
async function request(path, fields, body) {
  const headers = new Headers({ accept: "application/json", ...fields });
  const options = { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  if (body) Object.assign(options, { method: "POST", body: JSON.stringify(body) });
  if (key) setKey(headers);
  try {
    const answer = await fetch(path, options);
    const { status } = answer;
    if (status === NOT_MODIFIED) return { status };
    const json = /[/+]json\b/.test(answer.headers.get("content-type"));
    const content = json ? await answer.json() : {};
    if (json && answer.ok) return { status, tag: answer.headers.get("etag"), content };
    if (json) throw new Refusal(status, content);
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

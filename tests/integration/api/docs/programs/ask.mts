// Asks with openapi-fetch, by the types that openapi-typescript made of the served document.
import createClient from "openapi-fetch";

import type { components, paths } from "./penguins.js";

declare const process: { argv: string[] };

type Instance = components["schemas"]["FlockInstance"];
type Label = components["schemas"]["FlockLabel"];

const row: Instance = JSON.parse(process.argv[3]!);
const inference: components["schemas"]["FlockInference"] = JSON.parse(process.argv[4]!);
const chalet: components["schemas"]["ChaletInstance"] = JSON.parse(process.argv[5]!);
const chalets: components["schemas"]["ChaletInference"] = JSON.parse(process.argv[6]!);
// @ts-expect-error: a feature is missing, and the types say so.
const short: Instance = { bill_length_mm: 39.1 };
// @ts-expect-error: no such class.
const other: Label = "Macaroni";

// @ts-expect-error: a price is a number.
const price: components["schemas"]["ChaletPrediction"] = { value: "much" };

const client = createClient<paths>({ baseUrl: process.argv[2]! });

function known<Value>(answer: { data?: Value; error?: unknown }): Value {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const one = known(await client.POST("/predict/flock", { body: row }));
const many = known(await client.POST("/predict/flock", { body: { instances: [row, row] } }));
const invoked = known(await client.POST("/invocations/flock", { body: { dataframe_records: [row] } }));
const inferred = known(await client.POST("/v2/models/flock/infer", { body: inference }));
const described = known(await client.GET("/v2/models/flock"));
const { models } = known(await client.GET("/models"));
const refused = await client.POST("/predict/flock", { body: { ...row, bill_length_mm: -1 } });

const priced = known(await client.POST("/predict/chalet", { body: chalet }));
const prices = known(await client.POST("/predict/chalet", { body: { instances: [chalet, chalet] } }));
const scored = known(await client.POST("/invocations/chalet", { body: { dataframe_records: [chalet] } }));
const valued = known(await client.POST("/v2/models/chalet/infer", { body: chalets }));
const { outputs } = known(await client.GET("/v2/models/chalet"));

if (typeof inferred === "string" || typeof valued === "string") throw new Error("a binary answer, which was not asked for");
if (!("class" in one && "predictions" in many)) throw new Error("another form than was asked for");
const second = many.predictions[1]!;
if (!("class" in second)) throw new Error("a row has errors");
if (!("value" in priced && "predictions" in prices)) throw new Error("another form than was asked for");
const third = prices.predictions[1]!;
if (!("value" in third)) throw new Error("a row has errors");
const numbers: (number | undefined)[] = [priced.value, third.value, scored.predictions[0]];
const likeliest = Object.entries(one.probabilities).sort(([, a], [, b]) => b - a)[0]![0];
console.log(
  JSON.stringify({
    labels: [
      one.class,
      likeliest,
      second.class,
      invoked.predictions[0],
      inferred.outputs[0]!.data?.[0],
    ],
    prices: [...numbers, valued.outputs[0]!.data?.[0]],
    outputs: outputs.map((output) => `${output.name}: ${output.datatype}`),
    inputs: described.inputs.map((input) => input.name),
    listed: [one, priced].every(({ model }) => models.some((card) => card.name === model.name)),
    refused: refused.error?.errors?.map((fault) => fault.path),
    unused: [short, other, price].length,
  }),
);

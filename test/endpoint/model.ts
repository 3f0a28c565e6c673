// The service models that the endpoint is held to: models/*.json, read with their own form checked.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serviceModel, type ServiceModel, type Shape } from "./models/schema.js";

export type { Operation, ServiceModel, Shape } from "./models/schema.js";
/** What the endpoint speaks. */
export type ServiceName = "emr" | "emr-serverless";
/** And what another server of the tests does. */
type ModelName = ServiceName | "rds-data";

const read = (name: ModelName): ServiceModel => serviceModel.parse(JSON.parse(readFileSync(join(import.meta.dirname, "models", `${name}.json`), "utf8")));

export const MODELS: Readonly<Record<ModelName, ServiceModel>> = { emr: read("emr"), "emr-serverless": read("emr-serverless"), "rds-data": read("rds-data") };

/** A shape by name. Throws on a name that the model does not have: the models are closed. */
export function shapeOf(model: ServiceModel, name: string): Shape {
  const found = model.shapes[name];
  if (found === undefined) throw new Error(`the model has no shape ${name}`);
  return found;
}

// The form of models/*.json: what of an AWS service model the endpoint needs.

import { z } from "zod";

const reference = z.object({ shape: z.string(), location: z.enum(["uri", "querystring", "header"]).optional(), locationName: z.string().optional() });

export const shape = z.object({
  type: z.enum(["structure", "list", "map", "string", "integer", "long", "float", "double", "boolean", "blob", "timestamp"]),
  members: z.record(z.string(), reference).optional(),
  required: z.array(z.string()).optional(),
  /** Exactly one of the members is given. */
  union: z.boolean().optional(),
  member: reference.optional(),
  key: reference.optional(),
  value: reference.optional(),
  enum: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  /** Least and most: length of strings, items of lists and maps, value of numbers. */
  min: z.number().optional(),
  max: z.number().optional(),
  exception: z.boolean().optional(),
  error: z.object({ httpStatusCode: z.number() }).optional(),
});

const operation = z.object({ method: z.string(), uri: z.string(), input: z.string().optional(), output: z.string().optional(), errors: z.array(z.string()) });

export const serviceModel = z.object({
  source: z.object({ package: z.string(), version: z.string(), file: z.string(), licence: z.string() }),
  apiVersion: z.string(),
  protocol: z.string(),
  targetPrefix: z.string().optional(),
  signingName: z.string(),
  operations: z.record(z.string(), operation),
  shapes: z.record(z.string(), shape),
});

export type Shape = z.infer<typeof shape>;
export type Operation = z.infer<typeof operation>;
export type ServiceModel = z.infer<typeof serviceModel>;

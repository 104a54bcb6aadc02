import type { JsonSchema } from "@atoll/core/augmentation";

/** Ranges of up to this many integers are listed one by one. */
const LISTED_INTEGERS = 256;

/**
 * A JSON schema as node-llama-cpp's grammars know it. What they lack is either said in other words (anyOf as oneOf, a
 * short range of integers as a list of them) or left out where that only admits more (patterns, ranges of other
 * numbers, distinct entries): answers are parsed strictly whatever wrote them. Objects get all of their properties.
 *
 * Throws a RangeError where leaving out would change what kind of value is meant (allOf, not, no type at all).
 */
export function grammarSchemaOf(schema: JsonSchema): JsonSchema {
  const definitions = "$defs" in schema ? { $defs: each(schema["$defs"]) } : {};
  return { ...shapeOf(schema), ...definitions };
}

function shapeOf(schema: JsonSchema): JsonSchema {
  const { $ref, anyOf, oneOf, type } = schema;
  if ($ref !== undefined) return { $ref };
  if ("const" in schema) return { const: schema["const"] };
  if ("enum" in schema) return { enum: schema["enum"] };
  const choices = oneOf ?? anyOf;
  if (Array.isArray(choices)) return { oneOf: choices.map(grammarSchemaOf) };
  switch (type) {
    case "object":
      return {
        type,
        properties: each(schema["properties"] ?? {}),
        additionalProperties: entryOf(schema["additionalProperties"] ?? false),
      };
    case "array":
      return {
        type,
        ...(schema["items"] === undefined ? {} : { items: entryOf(schema["items"]) }),
        ...(Array.isArray(schema["prefixItems"])
          ? { prefixItems: schema["prefixItems"].map(grammarSchemaOf) }
          : {}),
        ...kept(schema, ["minItems", "maxItems"]),
      };
    case "string":
      return { type, ...kept(schema, ["minLength", "maxLength"]) };
    case "integer":
      return integersOf(schema);
    case "number":
    case "boolean":
    case "null":
      return { type };
    default:
      if (Array.isArray(type))
        return { oneOf: type.map((name: unknown) => grammarSchemaOf({ ...schema, type: name })) };
      throw new RangeError(`no grammar for the schema ${JSON.stringify(schema)}`);
  }
}

function integersOf(schema: JsonSchema): JsonSchema {
  const number = (key: string) => {
    const value = schema[key];
    return typeof value === "number" ? value : undefined;
  };
  const below = number("exclusiveMaximum");
  const above = number("exclusiveMinimum");
  const first = Math.max(
    Math.ceil(number("minimum") ?? -Infinity),
    above === undefined ? -Infinity : Math.floor(above) + 1,
  );
  const last = Math.min(
    Math.floor(number("maximum") ?? Infinity),
    below === undefined ? Infinity : Math.ceil(below) - 1,
  );
  const length = last - first + 1;
  return length >= 1 && length <= LISTED_INTEGERS
    ? { enum: Array.from({ length }, (_, i) => first + i) }
    : { type: "integer" };
}

function entryOf(schema: unknown): unknown {
  return typeof schema === "boolean" ? schema : grammarSchemaOf(schema as JsonSchema);
}

function each(schemas: unknown): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.entries(schemas as Readonly<Record<string, JsonSchema>>).map(([name, schema]) => [
      name,
      grammarSchemaOf(schema),
    ]),
  );
}

function kept(schema: JsonSchema, keys: readonly string[]): JsonSchema {
  return Object.fromEntries(
    keys.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]),
  );
}

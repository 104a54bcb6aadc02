import { resolve } from "node:path";
import { experimentJsonSchema, loadNamed, readWritten } from "@atoll/node/experiment";
import { tuneJsonSchema } from "@atoll/node/tune";
import type { AtollContext } from "../context.ts";
import type { SchemaFlags } from "./schema.ts";
import { UsageError } from "./usage-error.ts";

export async function action(
  context: AtollContext,
  { tune }: SchemaFlags,
  experiment?: string,
): Promise<void> {
  if (tune && experiment !== undefined)
    throw new UsageError("give either an experiment or --tune: tune files name no extensions");
  const schema = tune ? tuneJsonSchema() : await schemaOf(context, experiment);
  context.process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
}

/** The experiment need not be valid: the schema is there to help with writing it. */
async function schemaOf({ cwd }: AtollContext, experiment: string | undefined) {
  if (experiment === undefined) return experimentJsonSchema();
  const loaded = await loadNamed(await readWritten(resolve(cwd, experiment)));
  return experimentJsonSchema(loaded.flatMap(({ extensions }) => extensions));
}

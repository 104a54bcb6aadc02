import { z } from "zod";
import { AtollError } from "../../errors/index.ts";
import { decodeState } from "../../federation/index.ts";
import type { SavedState } from "../../federation/stage.ts";

/** The arrays of a kept file, and its metadata checked; `what` begins the sentence of MODEL_KEPT. */
export function checkedKept<T>(
  bytes: Uint8Array,
  { schema, what }: { readonly schema: z.ZodType<T>; readonly what: string },
): { readonly arrays: SavedState["arrays"]; readonly metadata: T } {
  const { arrays, metadata } = decodeState(bytes);
  const parsed = schema.safeParse(metadata);
  if (!parsed.success)
    throw new AtollError(
      "MODEL_KEPT",
      `${what} is not as it should be: ${z.prettifyError(parsed.error)}; run the experiment again`,
    );
  return { arrays, metadata: parsed.data };
}

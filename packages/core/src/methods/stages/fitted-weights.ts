import type { ClientStore } from "../../federation/client-context.ts";
import { decodeState, statePieces } from "../../federation/index.ts";
import {
  fitEase,
  type EaseConfig,
  type ItemWeights,
  type Positives,
} from "../../models/collaborative/index.ts";

/** Under which name weights lie that were fitted to serve. */
export const WEIGHTS_FILE = "recommender-weights";

/** Of fewer items a fit takes no time that anybody notices. */
const MANY_ITEMS = 1000;

export interface FitToServe {
  readonly signal?: AbortSignal;
  /** Called before a fit that may take minutes. */
  readonly onFit?: (items: number) => void;
}

/**
 * Weights of items by items as the run had them. A run does not keep them, as they take 8 bytes for each pair
 * of items and few are ever served: who serves them first fits them anew and leaves them beside the model.
 */
export async function fittedWeights(
  store: Pick<ClientStore, "read" | "write">,
  { positives, config }: { readonly positives: Positives; readonly config: EaseConfig },
  { signal, onFit }: FitToServe,
): Promise<ItemWeights> {
  const { numItems } = positives;
  const options = { ...(signal && { signal }) };
  if (numItems < MANY_ITEMS) return fitEase(positives, config, options);
  const bytes = await store.read(WEIGHTS_FILE);
  const data = bytes && decodeState(bytes).arrays["weights"]?.data;
  if (data instanceof Float64Array && data.length === numItems ** 2)
    return { numItems, weights: data };
  onFit?.(numItems);
  const fitted = await fitEase(positives, config, options);
  const weights = { shape: [numItems, numItems], data: fitted.weights };
  await store.write(WEIGHTS_FILE, statePieces({ arrays: { weights }, metadata: {} }));
  return fitted;
}

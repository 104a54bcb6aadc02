import type { SavedState } from "../../federation/stage.ts";

/** Under which name a client keeps why its budget stopped it, and in which round. */
export const RETIRED_FILE = "retired";

/** Who stopped before the training was over, because another release would have passed a budget. */
export interface Retired {
  /** Clients, with the first round that they did not pay for. */
  readonly clients: Readonly<Record<string, number>>;
  /** The server, with the first round that it did not publish. */
  readonly stopped?: { readonly round: number; readonly why: string };
}

/** What the training stage left of it, by `runStages`' results. */
export function retiredIn(results: ReadonlyMap<string, SavedState>): Retired {
  const { retired = {}, stopped } = results.get("train")?.metadata ?? {};
  return {
    clients: retired as Retired["clients"],
    ...(stopped !== undefined && { stopped: stopped as NonNullable<Retired["stopped"]> }),
  };
}

import { AtollError } from "@atoll/core/errors";
import { MAX_MESSAGE_BYTES } from "@atoll/core/federation";
import type { Order } from "../protocol/index.ts";
import type { Journal, PartyFiles } from "./journal.ts";

/** Where a request stands beside what the party has answered last. */
export type Standing =
  | { readonly kind: "new"; readonly journal: Journal | undefined }
  /** The last one: its answer is kept. */
  | { readonly kind: "answered"; readonly journal: Journal }
  /** Before the last one, and asked for once: it may have been on its way for long. */
  | { readonly kind: "outdated"; readonly journal: Journal };

/**
 * Throws RUN_DIVERGED where the request is another one than was answered under its number, and STATE_AHEAD where the
 * server insists on one that comes before; numbers that were outdated once are kept in `outdated`. ROUNDS_EXCEEDED where
 * the number is above all that the experiment can come to: a server that asks for more follows no experiment.
 */
export async function standingOf(
  { cell, seq, request }: Extract<Order, { readonly kind: "request" }>,
  {
    files,
    outdated,
    mostRequests,
  }: {
    readonly files: PartyFiles;
    readonly outdated: Set<number>;
    readonly mostRequests: number;
  },
): Promise<Standing> {
  const which = `run "${cell.run}", seed ${cell.seed}, ${cell.method}`;
  const journal = await files.journal();
  if ((await files.closed()) !== undefined)
    throw new AtollError(
      "STATE_AHEAD",
      `${which}: request ${seq} comes after this silo was told to close the cell; submit a new run`,
    );
  if (journal !== undefined && seq === journal.seq) {
    if (request.sha256 === journal.request) return { kind: "answered", journal };
    throw new AtollError(
      "RUN_DIVERGED",
      `${which}: request ${seq} has hash ${request.sha256.slice(0, 12)}, and this silo has answered ${journal.request.slice(0, 12)} under that number; submit a new run`,
    );
  }
  if (journal !== undefined && seq < journal.seq) {
    if (!outdated.has(seq)) {
      outdated.add(seq);
      return { kind: "outdated", journal };
    }
    throw new AtollError(
      "STATE_AHEAD",
      `${which}: request ${seq} is asked for, and this silo has answered ${journal.seq}; the server's record is an old one: put the last one back, or submit a new run`,
    );
  }
  if (seq > mostRequests)
    throw new AtollError(
      "ROUNDS_EXCEEDED",
      `${which}: request ${seq} is asked for, and all stages of the experiment together have at most ${mostRequests} rounds; submit an experiment with as many as are needed`,
    );
  if (request.sizeBytes > MAX_MESSAGE_BYTES)
    throw new AtollError(
      "MESSAGE_MALFORMED",
      `${which}: request ${seq} has ${request.sizeBytes} bytes, and a message at most ${MAX_MESSAGE_BYTES}; the server is at fault`,
    );
  return { kind: "new", journal };
}

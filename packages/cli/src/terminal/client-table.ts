import type { ClientSummary } from "@atoll/network/operations";
import { table } from "./table.ts";
import { duration } from "./units.ts";

/** A client polls three times a minute, so that in so long it was heard of. */
export const AWAY_MS = 60_000;

/** Whether a client is there, in a word or two. */
export function presenceOf(
  { revokedAtMs, lastSeenMs, certificates }: ClientSummary,
  { nowMs, isRunning }: { readonly nowMs: number; readonly isRunning: boolean },
): string {
  if (revokedAtMs !== undefined && certificates.length === 0) return "revoked";
  if (certificates.length === 0) return "certificate expired";
  if (lastSeenMs === undefined) return "joined, not seen since";
  const agoMs = Math.max(0, nowMs - lastSeenMs);
  if (isRunning && agoMs <= AWAY_MS) return "connected";
  return `away, seen ${duration(agoMs / 1000)} ago`;
}

export function clientTable(
  clients: readonly ClientSummary[],
  when: { readonly nowMs: number; readonly isRunning: boolean },
): string {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return table(
    [
      ["client", "state", "certificate until", "software"],
      ...clients.map((client) => [
        client.name,
        presenceOf(client, when),
        client.certificates.length === 0
          ? "-"
          : day(Math.max(...client.certificates.map(({ notAfterMs }) => notAfterMs))),
        client.software ?? "-",
      ]),
    ],
    { left: [0, 1, 2, 3] },
  );
}

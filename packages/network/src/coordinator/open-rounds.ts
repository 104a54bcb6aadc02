import type { CellKey, Claim } from "../protocol/index.ts";
import { requestName } from "./desk.ts";

/** What a client says to a request. */
export type Said =
  | { readonly kind: "answer"; readonly answer: Claim }
  | { readonly kind: "failed"; readonly code: string; readonly reason: string };

export type Heard =
  | { readonly kind: "taken" | "late" }
  | { readonly kind: "refused"; readonly reason: string };

export interface OpenRequest {
  readonly request: Claim;
  readonly say: (said: Said) => Promise<Heard>;
}

/** Requests of rounds that go on, by client. */
export interface OpenRounds {
  readonly open: (client: string, cell: CellKey, seq: number, request: OpenRequest) => void;
  readonly close: (client: string, cell: CellKey, seq: number) => void;
  readonly find: (client: string, cell: CellKey, seq: number) => OpenRequest | undefined;
  readonly of: (client: string) => readonly OpenRequest[];
  /** Whether a client was told to fetch these bytes for a request. */
  readonly mayFetch: (client: string, sha256: string) => boolean;
}

export function createOpenRounds(): OpenRounds {
  const requests = new Map<string, Map<string, OpenRequest>>();
  return {
    open: (client, cell, seq, request) => {
      const own = requests.get(client) ?? new Map<string, OpenRequest>();
      requests.set(client, own.set(requestName(cell, seq), request));
    },
    close: (client, cell, seq) => {
      requests.get(client)?.delete(requestName(cell, seq));
    },
    find: (client, cell, seq) => requests.get(client)?.get(requestName(cell, seq)),
    of: (client) => [...(requests.get(client)?.values() ?? [])],
    mayFetch: (client, sha256) =>
      [...(requests.get(client)?.values() ?? [])].some(({ request }) => request.sha256 === sha256),
  };
}

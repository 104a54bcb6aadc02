import { AtollError } from "@atoll/core/errors";
import type {
  Administration,
  Invited,
  RunDetail,
  RunResults,
  RunSummary,
} from "./administration.ts";

export const RUN: RunSummary = {
  id: "r1",
  name: "seven markets",
  state: "running",
  createdAtMs: 1_700_000_000_000,
  methods: ["fedavg"],
  seeds: [1],
};

const cell = { run: "r1", seed: 1, method: "fedavg" };

export const DETAIL: RunDetail = {
  ...RUN,
  clients: [
    { client: "de", state: "accepted" },
    { client: "fr", state: "refused", code: "POLICY_REFUSED", reason: "epsilon" },
  ],
  cells: [
    { cell, state: "open", rounds: 3 },
    {
      cell: { ...cell, seed: 2 },
      state: "done",
      rounds: 7,
      model: { path: "/srv/hub/model.safetensors", sha256: "ab", sizeBytes: 9 },
    },
  ],
  tasks: [
    {
      cell,
      client: "de",
      stage: "train",
      round: 4,
      state: "leased",
      openedAtMs: 1_700_000_001_000,
    },
  ],
};

export const RESULTS: RunResults = {
  experiment: { name: "seven markets" },
  cells: [{ cell, outcome: { rounds: 3, bytes: { up: 10, down: 20 } } }],
  accounts: [{ cell, client: "de", account: { budget: 1 } }],
};

export const INVITED: Invited = {
  client: "de",
  invitation: "one line",
  expiresAtMs: 1_700_000_600_000,
};

export interface FakeAdministration extends Administration {
  readonly calls: readonly (readonly unknown[])[];
}

/** An administration of one run that remembers what it was asked; a method can be replaced. */
export function fakeAdministration(replaced: Partial<Administration> = {}): FakeAdministration {
  const calls: unknown[][] = [];
  const lines = Array.from({ length: 5 }, (_, i) => ({ cell, line: `{"round":${i}}` }));
  const remembered: Administration = {
    runs: async () => [RUN],
    run: async (id) => (id === "r1" ? DETAIL : undefined),
    results: async (id) => (id === "r1" ? RESULTS : undefined),
    lines: async (run, { from, most }) =>
      run === "r1"
        ? { lines: lines.slice(from, from + most), next: Math.min(5, from + most), isLast: false }
        : undefined,
    submit: async (submission) => {
      calls.push(["submit", submission]);
      return { id: "r2", leftOut: ["centralised"] };
    },
    cancel: async (run) => {
      calls.push(["cancel", run]);
      if (run !== "r1") throw new AtollError("RUN_UNKNOWN", `there is no run "${run}"`);
    },
    clients: async () => [
      {
        name: "de",
        enrolledAtMs: 1,
        software: "atoll 0.1.0",
        certificates: [{ serial: "ab", notAfterMs: 9 }],
      },
    ],
    revoke: async (client) => {
      calls.push(["revoke", client]);
      if (client === "nobody") throw new AtollError("CLIENT_UNKNOWN", `no client "${client}"`);
    },
    invite: async (request) => {
      calls.push(["invite", request]);
      return { ...INVITED, client: request.client };
    },
    audit: async ({ from, most }) =>
      [0, 1, 2]
        .map((number) => ({ number, atMs: 1, kind: "run", detail: "{}", previous: "a", hash: "b" }))
        .slice(from, from + most),
  };
  return { ...remembered, ...replaced, calls };
}

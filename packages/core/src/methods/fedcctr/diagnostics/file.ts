import { z } from "zod";
import type { ClientStore } from "../../../federation/client-context.ts";
import { decodeState, statePieces } from "../../../federation/index.ts";
import type { DomainDiagnostics } from "./types.ts";

/** Under which name a party keeps what it found of its encoders. */
export const DOMAINS_FILE = "domains";

const count = z.number().int().nonnegative();

export const projectionFile = z.strictObject({
  encoder: z.array(count).describe("of each point, as a place in the list of encoders"),
  user: z.array(count),
  x: z.array(z.number()),
  y: z.array(z.number()),
  explained: z.tuple([z.number(), z.number()]).describe("shares of the variance"),
});

const tally = z.strictObject({
  answered: count,
  dropped: z.record(z.string(), count).describe("by reason"),
  missing: count,
});

const domainsFile = z.strictObject({
  encoders: z.array(z.string()).min(2),
  cosines: z.array(
    z.strictObject({
      encoders: z.tuple([z.string(), z.string()]),
      users: count,
      mean: z.number(),
      others: z.number().optional(),
    }),
  ),
  commonUsers: count.optional(),
  projection: projectionFile.optional(),
  retired: z.strictObject({ clients: count, byRound: z.array(count), rounds: count }).optional(),
  augmentation: z
    .strictObject({
      users: count,
      augmented: count.optional(),
      meanLengthBefore: z.number(),
      meanLengthAfter: z.number(),
      density: z.strictObject({ before: z.number(), after: z.number() }).optional(),
      answers: z.strictObject({ items: tally, profiles: tally, sequences: tally }).optional(),
      descriptions: z.array(z.strictObject({ item: z.string(), words: z.string() })).optional(),
      idra: z.number().optional(),
    })
    .optional(),
});

/** Keeps the diagnostics in the party's own store; nothing of them travels. */
export async function writeDomains(
  store: Pick<ClientStore, "write">,
  diagnostics: DomainDiagnostics,
): Promise<void> {
  const metadata = domainsFile.parse(diagnostics);
  await store.write(DOMAINS_FILE, statePieces({ arrays: {}, metadata }));
}

/** Undefined of a party without diagnostics. */
export async function readDomains(
  store: Pick<ClientStore, "read">,
): Promise<DomainDiagnostics | undefined> {
  const bytes = await store.read(DOMAINS_FILE);
  return bytes === undefined ? undefined : domainsFile.parse(decodeState(bytes).metadata);
}

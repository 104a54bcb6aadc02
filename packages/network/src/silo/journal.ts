import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readIfThere, writeAtomically } from "@atoll/node/runs";
import { claimSchema } from "../protocol/index.ts";

const journalSchema = z.strictObject({
  seq: z.number().int().nonnegative(),
  /** Hash of the request that was answered last. */
  request: z.string(),
  answer: claimSchema,
  /** Bytes of all answers of the cell, this one among them. */
  sentBytes: z.number().int().nonnegative(),
});

/** What a party has answered last. Written whole, after all that it names: it is what makes an answer count. */
export type Journal = z.infer<typeof journalSchema>;

const closedSchema = z.strictObject({ account: z.string().optional() });

/** What a closed cell released, as it was reported. */
export type Closed = z.infer<typeof closedSchema>;

/** Files of a party that belong to the protocol; those of its method lie beside them. */
export interface PartyFiles {
  readonly directory: string;
  readonly statePath: (seq: number) => string;
  readonly answerPath: (seq: number) => string;
  /** Where a request arrives. */
  readonly requestPath: (sha256: string) => string;
  readonly journal: () => Promise<Journal | undefined>;
  readonly commit: (journal: Journal) => Promise<void>;
  readonly closed: () => Promise<Closed | undefined>;
  readonly close: (closed: Closed) => Promise<void>;
  /** Deletes states, answers and requests that are not `journal`'s, or all of them. */
  readonly tidy: (journal: Journal | undefined) => Promise<void>;
}

const OURS = /^(state\.\d+\.safetensors|answer\.\d+|request\.[0-9a-f]+)(\.tmp)?$/;

export function partyFiles(directory: string): PartyFiles {
  const at = (name: string) => join(directory, name);
  const stateName = (seq: number) => `state.${seq}.safetensors`;
  const answerName = (seq: number) => `answer.${seq}`;
  const read = async <T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    const text = await readIfThere(readFile(at(name), "utf8"));
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  };
  return {
    directory,
    statePath: (seq) => at(stateName(seq)),
    answerPath: (seq) => at(answerName(seq)),
    requestPath: (sha256) => at(`request.${sha256}`),
    journal: () => read("journal.json", journalSchema),
    commit: (journal) => writeAtomically(at("journal.json"), JSON.stringify(journal)),
    closed: () => read("closed.json", closedSchema),
    close: (closed) => writeAtomically(at("closed.json"), JSON.stringify(closed)),
    tidy: async (journal) => {
      const kept = journal === undefined ? [] : [stateName(journal.seq), answerName(journal.seq)];
      for (const name of (await readIfThere(readdir(directory))) ?? [])
        if (OURS.test(name) && !kept.includes(name)) await rm(at(name), { force: true });
    },
  };
}

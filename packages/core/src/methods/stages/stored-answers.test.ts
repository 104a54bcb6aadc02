import { describe, expect, test } from "vitest";
import type { StoredMessage } from "../../federation/index.ts";
import { stagesOf } from "../baselines/run.fixture.ts";
import { privateSettings } from "./privacy/run.fixture.ts";
import { CLIENTS, runRounds } from "./rounds.fixture.ts";

interface Read {
  readonly client: string;
  readonly round: number;
  readonly from: number;
}

/** Answers that lie elsewhere, and which arrays of theirs were read, in order. */
function elsewhere() {
  const reads: Read[] = [];
  const kept = (client: string, round: number, bytes: Uint8Array): StoredMessage => {
    const header = 8 + Number(new DataView(bytes.slice(0, 8).buffer).getBigUint64(0, true));
    return {
      length: bytes.length,
      read: (from, to) => {
        if (from >= header) reads.push({ client, round, from });
        return bytes.slice(from, to);
      },
    };
  };
  return { kept, reads };
}

describe("answers that lie elsewhere", () => {
  const stages = (federatedEmbeddings: "mean" | "count-weighted") => () =>
    stagesOf({ kind: "fedavg" }, privateSettings({ kind: "none" }, { federatedEmbeddings }));

  test.each(["mean", "count-weighted"] as const)(
    "are joined to the same numbers, bit for bit: embeddings by %s",
    async (by) => {
      const { kept } = elsewhere();
      const [here, there] = [await runRounds(stages(by)), await runRounds(stages(by), { kept })];
      expect(there.map(({ sent }) => sent)).toEqual(here.map(({ sent }) => sent));
    },
  );

  test("are read array by array, one client's after the other's, and each once", async () => {
    const { kept, reads } = elsewhere();
    await runRounds(stages("mean"), { kept });
    const first = reads.filter(({ round, client }) => round === 0 && client === "a");
    // Dense parameters, and the rows of the shared table.
    expect(first).toHaveLength(2);
    for (const round of [0, 1, 2])
      expect(reads.filter((read) => read.round === round).map(({ client }) => client)).toEqual([
        ...CLIENTS,
        ...CLIENTS,
      ]);
  });
});

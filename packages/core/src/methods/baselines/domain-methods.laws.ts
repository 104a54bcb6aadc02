import { expect, test } from "vitest";
import { encodeMessage } from "../../federation/index.ts";
import { userNumber } from "../stages/common-users.ts";
import {
  arraysOf,
  type DomainRun,
  type Outcome,
  type RunDomains,
} from "./domain-methods.fixture.ts";
import type { EntryInput } from "./run.fixture.ts";

/** Where tastes are the same in both domains, a run learned what popularity cannot. */
export async function expectsTaste(runDomains: RunDomains, { quality }: Outcome): Promise<void> {
  const popular = await runDomains({ kind: "popularity" });
  quality.forEach((value, d) => expect(value).toBeGreaterThan(popular.quality[d]! + 0.2));
}

interface Expected extends Pick<DomainRun, "training"> {
  /** Names of the arrays that a client sends. */
  readonly sent: readonly string[];
  /** Rounds in which it learns more than popularity tells. */
  readonly rounds: number;
}

/** What holds for every method whose clients are domains with users in common. Gives a run. */
export function domainLaws(
  runDomains: RunDomains,
  entry: EntryInput,
  { sent, ...options }: Expected,
): Promise<Outcome> {
  const plain = runDomains(entry, options);

  test("where tastes are the same in both domains, learns what popularity cannot", async () => {
    await expectsTaste(runDomains, await plain);
  });

  test("sends the declared arrays, one vector for each hash of a user, and no id", async () => {
    const { traffic } = await plain;
    for (const { message } of traffic.filter(({ direction }) => direction === "up"))
      expect(Object.keys(message.arrays).toSorted()).toEqual(message.kind === "update" ? sent : []);
    const everybody = Array.from({ length: 80 }, (_, u) => userNumber(`person-${u}`));
    const numbers = arraysOf(await plain, "users", { kind: "update", round: 0 })["books"]!;
    expect([...(numbers as Float64Array)]).toEqual(everybody.toSorted((a, b) => a - b));
    const states = arraysOf(await plain, "states", { kind: "update", round: 0 })["books"]!;
    expect(states.length).toBe(80 * (entry["width"] as number));
    for (const { bytes } of traffic)
      expect(new TextDecoder("latin1").decode(bytes)).not.toMatch(/person|thing/);
  });

  test("held-out events change nothing that is sent but validation values", async () => {
    const sentBy = ({ traffic }: Outcome) =>
      traffic
        .filter(({ message }) => message.stage === "train")
        .map(({ client, message }) => ({
          of: `${client} ${message.kind} ${message.round}`,
          message,
        }))
        .toSorted((a, b) => (a.of < b.of ? -1 : 1))
        .map(({ of, message }) => [of, message.arrays]);
    const other = await runDomains(entry, { ...options, scrambled: true });
    expect(sentBy(other)).toEqual(sentBy(await plain));
  });

  test("a run that was stopped after a round goes on to the same bits", async () => {
    const broken = await runDomains(entry, { ...options, interrupted: true });
    const last = ({ traffic }: Outcome) =>
      traffic
        .filter(({ message }) => message.kind === "finished" || message.round >= 1)
        .map(
          ({ client, message }) =>
            `${client} ${Buffer.from(encodeMessage(message)).toString("hex")}`,
        )
        .toSorted();
    expect(last(broken)).toEqual(last(await plain));
    expect(broken.scores).toEqual((await plain).scores);
  });
  return plain;
}

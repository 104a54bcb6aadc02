import { expect, test } from "vitest";
import { encodeMessage } from "../../federation/index.ts";
import { userNumber } from "../stages/common-users.ts";
import { arraysOf, runDomains, type Entry, type Outcome } from "./domain-methods.fixture.ts";
import { tasteDomains } from "./taste-domains.fixture.ts";

interface Expected {
  /** Names of the arrays that a client sends. */
  readonly sent: readonly string[];
  /** Rounds in which it learns more than popularity tells. */
  readonly rounds: number;
}

/** What holds for every method whose clients are domains with users in common. Gives a run of two rounds. */
export function domainLaws(entry: Entry, { sent, rounds }: Expected): Promise<Outcome> {
  const plain = runDomains(entry);

  test("where tastes are the same in both domains, learns what popularity cannot", async () => {
    const popular = (await runDomains({ kind: "popularity" })).quality;
    const learned = (await runDomains(entry, { rounds })).quality;
    learned.forEach((value, c) => expect(value).toBeGreaterThan(popular[c]! + 0.2));
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
    const other = await runDomains(entry, { splits: tasteDomains({ scrambled: true }) });
    expect(sentBy(other)).toEqual(sentBy(await plain));
  });

  test("a run that was stopped after a round goes on to the same bits", async () => {
    const broken = await runDomains(entry, { interrupted: true });
    const last = ({ traffic }: Outcome) =>
      traffic
        .filter(({ message }) => message.kind === "finished" || message.round === 1)
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

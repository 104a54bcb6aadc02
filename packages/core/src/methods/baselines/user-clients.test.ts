import { describe, expect, test } from "vitest";
import { encodeMessage } from "../../federation/index.ts";
import { jaxExecutor } from "../../tensor/index.ts";
import type { TrafficEntry } from "../two-markets.fixture.ts";
import { domainRuns } from "./domain-methods.fixture.ts";
import { expectsTaste } from "./domain-methods.laws.ts";

const runDomains = domainRuns(jaxExecutor());
const rounds = 3;

const itemsOf = (traffic: readonly TrafficEntry[]) =>
  traffic.flatMap(({ message }) =>
    message.arrays["items"] ? [message.arrays["items"].data as Float32Array] : [],
  );

const learning = {
  fcf: { rounds: 25, entry: { kind: "fcf", width: 8, learningRate: 0.1, alpha: 4 } },
  pfedrec: {
    rounds: 60,
    entry: { kind: "pfedrec", width: 8, std: 0.3, eta: 4, learningRate: 0.5 },
  },
};

describe.each(["fcf", "pfedrec"] as const)("%s", (kind) => {
  const { entry, rounds: enough } = learning[kind];

  test("where tastes are the same in both domains, learns what popularity cannot", async () => {
    await expectsTaste(runDomains, await runDomains(entry, { rounds: enough }));
  });

  test("sends the sum of answers and counts, nothing of a user, and no id", async () => {
    const { traffic } = await runDomains(entry, { rounds });
    const ups = traffic.filter(({ direction }) => direction === "up");
    for (const { message } of ups)
      expect(Object.keys(message.arrays)).toEqual(message.kind === "update" ? ["sum"] : []);
    const updates = ups.filter(({ message }) => message.kind === "update");
    expect(updates).toHaveLength(3);
    for (const { message } of updates) {
      expect(message.arrays["sum"]!.shape).toEqual([80, 8]);
      expect(message.metadata["clients"]).toBe(80);
      expect(message.metadata["clientBytes"]).toEqual({ up: 80 * 8 * 4, down: 80 * 8 * 4 });
    }
    for (const { bytes } of traffic)
      expect(new TextDecoder("latin1").decode(bytes)).not.toMatch(/person|thing/);
  });

  test("held-out events have no part in any message but in validation values", async () => {
    const plain = itemsOf((await runDomains(entry, { rounds })).traffic);
    const other = itemsOf((await runDomains(entry, { rounds, scrambled: true })).traffic);
    expect(plain).toHaveLength(4);
    expect(other).toEqual(plain);
  });

  test("a run that was stopped after a round goes on to the same bits", async () => {
    const whole = await runDomains(entry, { rounds });
    const broken = await runDomains(entry, { rounds, interrupted: true });
    const last = (traffic: readonly TrafficEntry[]) =>
      traffic.slice(-6).map(({ message }) => encodeMessage(message));
    expect(last(broken.traffic)).toEqual(last(whole.traffic));
    expect(broken.scores).toEqual(whole.scores);
  });

  test("who takes part is drawn anew each round, and only they are counted", async () => {
    const { traffic } = await runDomains({ ...entry, sampling: 0.25 }, { rounds });
    const clients = traffic.flatMap(({ message }) =>
      message.kind === "update" ? [message.metadata["clients"] as number] : [],
    );
    // 80 users at a quarter: 20, with a deviation of 3.9.
    for (const count of clients) expect(Math.abs(count - 20)).toBeLessThan(20);
    const moves = traffic.flatMap(({ message }) =>
      message.arrays["sum"] ? [message.arrays["sum"].data] : [],
    );
    expect(moves[0]).not.toEqual(moves[1]);
  });

  test("the state with the best validation scores, and patience ends the rounds", async () => {
    const best = { rounds: 30, training: { select: "best", patience: 1 } };
    const { traffic, valid } = await runDomains({ ...entry, learningRate: 40 }, best);
    const validations = traffic.flatMap(({ message }) =>
      "valid" in message.metadata
        ? [message.metadata["valid"] as Readonly<Record<string, number>>]
        : [],
    );
    expect(validations.length).toBeLessThan(30);
    const mean = (values: readonly number[]) => (values[0]! + values[1]!) / 2;
    expect(mean(valid)).toBe(
      Math.max(...validations.map(({ books, films }) => mean([books!, films!]))),
    );
  });
});

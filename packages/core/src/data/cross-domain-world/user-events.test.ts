import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { crossDomainConfig } from "./config.ts";
import { drawDomainItems, topicVectors, WIDTH } from "./items.ts";
import { userSimulator, type UserEvents } from "./user-events.ts";

function simulator(settings: object) {
  const config = crossDomainConfig.parse({
    kind: "cross-domain",
    domains: { a: { items: 60 }, b: { items: 60 } },
    events: { min: 12, max: 12 },
    ...settings,
  });
  const topics = topicVectors(config);
  const domains = ["a", "b"].map((name) => drawDomainItems(name, config, topics));
  return { simulate: userSimulator(config, domains, topics), domains };
}

test("interests have the deviation taste, and correlate by sharedWeight from domain to domain", () => {
  const { simulate } = simulator({ sharedWeight: 0.3, taste: 1.5, sequence: 0 });
  let square = 0;
  let product = 0;
  let count = 0;
  for (let u = 0; u < 1500; u++) {
    const { count: numEvents, domain, wanted } = simulate(streamOf(u));
    const [a, b] = [0, 1].map((x) => domain.subarray(0, numEvents).indexOf(x));
    if (a! < 0 || b! < 0) continue;
    for (let w = 0; w < WIDTH; w++) {
      const [inA, inB] = [wanted[a! * WIDTH + w]!, wanted[b! * WIDTH + w]!];
      square += (inA * inA + inB * inB) / 2;
      product += inA * inB;
      count += 1;
    }
  }
  // Products of two normals with correlation r have variance 1 + r^2; squares, averaged over two, the same.
  const error = 4 * Math.sqrt((1 + 0.3 ** 2) / count) * 1.5 ** 2;
  expect(Math.abs(square / count - 1.5 ** 2)).toBeLessThan(error);
  expect(Math.abs(product / count - 0.3 * 1.5 ** 2)).toBeLessThan(error);
});

test("without taste, what is wanted is the memory of the latest items of all domains, halved with each", () => {
  const { simulate, domains } = simulator({ taste: 0, sequence: 2 });
  const { count, domain, item, wanted }: UserEvents = simulate(streamOf(5));
  for (let n = 0; n < count; n++)
    for (let w = 0; w < WIDTH; w++) {
      let memory = 0;
      for (let before = 0; before < n; before++) {
        const vector = domains[domain[before]!]!.vector[item[before]! * WIDTH + w]!;
        memory += 0.5 ** (n - before) * vector;
      }
      expect(wanted[n * WIDTH + w]).toBeCloseTo(2 * memory, 12);
    }
  expect(new Set(domain.subarray(0, count)).size).toBe(2);
});

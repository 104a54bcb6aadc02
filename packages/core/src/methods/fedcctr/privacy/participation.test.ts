import { expect, test } from "vitest";
import { uniform } from "../../../random/index.ts";
import { participationOf } from "./participation.ts";
import { partyWith, settingsOf } from "./privacy.fixture.ts";

const drawn = (privacy: Readonly<Record<string, unknown>>, secret = 1) => {
  const { context, privacy: services } = partyWith(undefined, secret);
  const stream = participationOf(context, settingsOf(privacy));
  const clients = Array.from({ length: 4000 }, (_, client) => uniform(stream(3, client)) < 0.1);
  return { clients, labels: services.labels };
};

const central = { kind: "central", noiseMultiplier: 1 };

test("with a promise who takes part follows from the party's secret, else from the seed", () => {
  expect(drawn(central).clients).toEqual(drawn(central).clients);
  expect(drawn(central, 2).clients).not.toEqual(drawn(central).clients);
  for (const privacy of [{ kind: "none" }, { kind: "central", noiseMultiplier: 0 }]) {
    expect(drawn(privacy, 2)).toEqual(drawn(privacy));
    expect(drawn(privacy).labels).toEqual([]);
  }
});

test("each client takes part by itself with the rate's probability", () => {
  for (const privacy of [central, { kind: "none" }]) {
    const count = drawn(privacy).clients.filter(Boolean).length;
    // Five standard errors.
    expect(Math.abs(count - 400)).toBeLessThan(5 * Math.sqrt(4000 * 0.1 * 0.9));
  }
});

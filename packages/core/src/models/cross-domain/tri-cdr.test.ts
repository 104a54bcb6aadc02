import { expect, test } from "vitest";
import fixtures from "./__fixtures__/tri-cdr.json" with { type: "json" };
import { crossDomainCases, loadCase } from "./reference.laws.ts";
import { triCdr, type TriCdrSettings } from "./tri-cdr.ts";

const build = (settings: unknown) => triCdr(settings as TriCdrSettings);

const [example] = crossDomainCases(fixtures);
const settings = example!.settings as unknown as TriCdrSettings;

test("compares users, so that none has a gradient of its own to clip", () => {
  const compares = (weight: number) => ({ ...settings, coarse: { weight, temperature: 0.1 } });
  const { programOf } = loadCase({ ...example!, settings: { ...compares(1) } }, build);
  expect(() => programOf(true)).toThrow(
    new RangeError('model "tri-cdr" compares users: none has a gradient of its own'),
  );
  expect(triCdr(compares(0)).crossUser).toBe(undefined);
});

test("without contrasts, or with one domain, there is nothing to project for them", () => {
  const named = (own: Partial<TriCdrSettings>, domains: number) =>
    triCdr({ ...settings, ...own })
      .parameters({ ...example!.sizes, domains })
      .filter(({ name }) => name.startsWith("contrast")).length;
  // Two layers of weight and bias for each of three parts.
  expect(named({}, 2)).toBe(2 * 3 * 2 * 2);
  expect(named({}, 1)).toBe(0);
  const none = { coarse: { weight: 0, temperature: 1 }, fine: { weight: 0, margin: 1 } };
  expect(named(none, 2)).toBe(0);
});

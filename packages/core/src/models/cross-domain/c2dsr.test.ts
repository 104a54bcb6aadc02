import { expect, test } from "vitest";
import fixtures from "./__fixtures__/c2dsr.json" with { type: "json" };
import { c2dsr, type C2dsrSettings } from "./c2dsr.ts";
import { crossDomainCases } from "./reference.laws.ts";

test("without infomax, or with one domain, nothing is compared and no negative read", () => {
  const [{ settings, sizes }] = crossDomainCases(fixtures) as [
    ReturnType<typeof crossDomainCases>[0],
  ];
  const own = settings as unknown as C2dsrSettings;
  const compared = (infomax: number, domains: number) =>
    c2dsr({ ...own, infomax })
      .parameters({ ...sizes, domains })
      .filter(({ name }) => name.startsWith("infomax"))
      .map(({ name }) => name);
  expect(compared(1, 2)).toEqual([0, 1].flatMap((x) => [`infomax${x}/weight`, `infomax${x}/bias`]));
  expect(compared(1, 1)).toEqual([]);
  expect(compared(0, 2)).toEqual([]);
  expect(c2dsr({ ...own, infomax: 0 }).readsNegatives).toBe(undefined);
});

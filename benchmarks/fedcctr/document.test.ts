import { expect, test } from "vitest";
import { format, type SpeedRow } from "./document.ts";
import { eventsOf, SETTING } from "./setting.ts";

const row = (own: Partial<SpeedRow>): SpeedRow => ({
  way: "loop",
  clipped: true,
  threads: 1,
  ours: [1, 2, 4],
  theirs: [50, 90, 400],
  ...own,
});

test("medians, their ratio, quartiles of neighbouring rounds, and what was not reached", () => {
  const page = format({
    machine: "a machine",
    torch: "2.0",
    date: "2026-01-01",
    setting: SETTING,
    agreement: 7.6e-7,
    rows: [row({ goal: 50 }), row({ goal: 40, clipped: false }), row({ way: "vmap" })],
  });
  const lines = page
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2);
  expect(lines).toEqual([
    "| the same loop without copies, gradients of a client's own rows alone | yes | 1 | 2.00 | 90.00 | 45.0 | 47.5 to 75.0 | 50 **not met** |",
    "| the same loop without copies, gradients of a client's own rows alone | no | 1 | 2.00 | 90.00 | 45.0 | 47.5 to 75.0 | 40 |",
    "| 64 clients at once, a gradient for each (torch.func.vmap) | yes | 1 | 2.00 | 90.00 | 45.0 | 47.5 to 75.0 |  |",
  ]);
  expect(page).toContain("sums agree to 8e-7 of");
});

test("users have between 6 and 31 events, of both domains", () => {
  const { events, itemStarts } = eventsOf({ ...SETTING, clients: 300 });
  const lengths = Array.from({ length: 300 }, (_, u) => events.starts[u + 1]! - events.starts[u]!);
  expect(Math.min(...lengths)).toBe(6);
  expect(Math.max(...lengths)).toBe(31);
  expect(Math.max(...events.item)).toBeLessThan(itemStarts[2]!);
  const kitchen = events.item.filter((item) => item >= itemStarts[1]!).length;
  expect(Math.abs(kitchen / events.item.length - 0.5)).toBeLessThan(0.03);
});

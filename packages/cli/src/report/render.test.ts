import { expect, test } from "vitest";
import { renderReport } from "./render.ts";
import { linesOf, resultOf } from "./result.fixture.ts";

const odd = ["de", '<script>alert("x")</script>', "日本 'quoted'"];

function page(): string {
  const effects = Object.fromEntries(
    [...odd, "macro"].map((client) => [client, [0.02, "better"] as const]),
  );
  return renderReport({
    result: resultOf(odd, { fedavg: effects, centralised: effects, popularity: {} }),
    lines: linesOf(odd),
    environment: { cores: 4, versions: { node: "24" } },
    messages: [
      {
        method: "fedavg",
        stage: "train",
        kind: "update",
        purpose: "the client's share",
        arrays: { parameters: "dense parameters" },
      },
    ],
  });
}

test("the same input gives the same bytes", () => expect(page()).toBe(page()));

test("names from outside are text, never markup", () => {
  expect(page()).not.toContain("<script>alert");
  expect(page()).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
  expect(page()).toContain("&lt;b&gt;bold&lt;/b&gt;");
});

test("the file needs nothing else: no address, no script, no import", () => {
  expect(page()).not.toMatch(/https?:|<script|@import|url\(/);
});

test("every section stands, and every link inside the page has its target", () => {
  const ids = [...page().matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const links = [...page().matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!);
  expect(new Set(links)).toEqual(
    new Set(["comparison", "gains", "learning", "cost", "messages", "leakage", "protocol"]),
  );
  for (const link of links) expect(ids).toContain(link);
});

test("what the test knows of the training: counts with shares, and in words what is worrying", () => {
  expect(page()).toMatch(/<td>\s*3 \(30\.0%\)\s*<\/td>/);
  expect(page()).toMatch(/<td>\s*25 \(25\.0%\)\s*<\/td>/);
  expect(page()).toContain("for 100.0% of the test rows, training never draws the held-out item");
});

test("every table cell that is clearly better says so in words", () => {
  expect(page()).toMatch(/▲<\/span\s*><span class="sr">\s*better than local/);
});

test("a result with one client, one method and no curves has its page too", () => {
  const html = renderReport({
    result: resultOf(["only"], {}),
    lines: [],
    environment: {},
    messages: [],
  });
  expect(html).toContain('id="comparison"');
  expect(html).not.toContain('id="learning"');
  expect(html.length).toBeLessThan(200_000);
});

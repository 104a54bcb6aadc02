import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { textOf, withoutScripts } from "./page.fixture.ts";
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

test("the file needs nothing else: no address, no import", () => {
  expect(withoutScripts(page())).not.toMatch(/https?:|@import|url\((?!#)|src=/);
});

test("only the page's own scripts may run, each by its hash, and nothing may be fetched", () => {
  const own = page();
  const policy = /content="(default-src [^"]*)"/.exec(own)![1]!;
  expect(policy).toMatch(/^default-src 'none';/);
  const scripts = [...own.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text!);
  expect(scripts).toHaveLength(3);
  for (const script of scripts)
    expect(policy).toContain(`'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  expect(own).toContain("Licensed to the Apache Software Foundation");
});

test("what figures hold as data is JSON, and no name in it ends the element early", () => {
  const blocks = [...page().matchAll(/<script type="application\/json">([\s\S]*?)<\/script>/g)].map(
    ([, text]) => JSON.parse(text!) as { readonly variants: readonly unknown[] },
  );
  expect(blocks.length).toBeGreaterThan(3);
  expect(JSON.stringify(blocks)).toContain('<script>alert(\\"x\\")</script>');
});

test("every section stands, and every link inside the page has its target", () => {
  const ids = [...page().matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const links = [...page().matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!);
  expect(new Set(links)).toEqual(
    new Set(["main", "gains", "comparison", "cost", "left", "risks", "protocol"]),
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
  expect(textOf(html)).toContain("No federated method was run");
  expect(html).not.toContain('id="learning"');
  expect(withoutScripts(html).length).toBeLessThan(200_000);
});

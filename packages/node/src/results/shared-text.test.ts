import { expect, test } from "vitest";
import { sharedText } from "./shared-text.ts";

test("the protocol says whether and how embedding rows travel", () => {
  const shared = ["item", "brand"];
  expect(sharedText({ shared: [], federatedEmbeddings: "mean" })).toBe(
    "dense parameters; all embedding tables stay with their client",
  );
  expect(sharedText({ shared, federatedEmbeddings: "off" })).toBe(
    "dense parameters; all embedding tables stay with their client, those of shared features too (federation.federatedEmbeddings: off)",
  );
  expect(sharedText({ shared, federatedEmbeddings: "mean" })).toMatch(
    /^dense parameters and the embedding rows of item, brand \(a client counts by its training rows\), whose vocabulary is the union/,
  );
  expect(sharedText({ shared, federatedEmbeddings: "count-weighted" })).toContain(
    "(row by row, a client counts by how many of its training rows hold the value, which it says)",
  );
});

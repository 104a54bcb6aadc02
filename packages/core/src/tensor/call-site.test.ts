import { expect, test } from "vitest";
import { placeIn } from "./call-site.ts";

const jax = "file:///app/node_modules/@jax-js/jax/dist/index.js:10:5";

test.each([
  ["V8", `Error: here\n    at bind1 (${jax})\n    at layer (file:///app/src/layer.ts:7:12)`],
  [
    "V8, a frame without a name",
    `Error: here\n    at ${jax}\n    at file:///app/src/layer.ts:7:12`,
  ],
  ["SpiderMonkey", `bind1@${jax}\nlayer@file:///app/src/layer.ts:7:12`],
])("the first place outside jax-js is the user's: %s", (_, stack) => {
  expect(placeIn(stack)).toBe("/app/src/layer.ts:7:12");
});

test("there is none where the tracer itself called, or no stack is told", () => {
  expect(placeIn(`Error: here\n    at grad (${jax})\n    at f (/app/tensor/trace.ts:1:2)`)).toBe(
    undefined,
  );
  expect(placeIn(undefined)).toBe(undefined);
});

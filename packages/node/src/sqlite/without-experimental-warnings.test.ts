import { afterEach, expect, test, vi } from "vitest";
import { withoutExperimentalWarnings } from "./without-experimental-warnings.ts";

const emitWarning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
afterEach(() => emitWarning.mockClear());

test("warnings of experimental features are dropped, others passed on", () => {
  const value = withoutExperimentalWarnings(() => {
    process.emitWarning("SQLite is an experimental feature", "ExperimentalWarning");
    process.emitWarning("that is going away", "DeprecationWarning", "DEP0001");
    process.emitWarning("plain");
    return 7;
  });
  expect(value).toBe(7);
  expect(emitWarning.mock.calls.map(([warning]) => warning)).toEqual([
    "that is going away",
    "plain",
  ]);
});

test("warnings that come later are as before, also after a failure", () => {
  const load = () => {
    throw new Error("no such module");
  };
  expect(() => withoutExperimentalWarnings(load)).toThrow("no such module");
  process.emitWarning("another", "ExperimentalWarning");
  expect(emitWarning).toHaveBeenCalledWith("another", "ExperimentalWarning");
});

import { expect, test } from "vitest";
import { jaxExecutor, type LoadedProgram, type Program } from "@atoll/core/tensor";
import { allowedExecutor, programHash, type SeenProgram } from "./allowed-executor.ts";

const program = (name: string, text: string) =>
  ({ name, onnx: new TextEncoder().encode(text) }) as Program;
const [step, other] = [program("step", "abc"), program("other", "abd")];

/** An executor that loads whatever it is given, and tells what that was. */
function recording() {
  const loaded: string[] = [];
  return {
    loaded,
    executor: {
      ...jaxExecutor(),
      load: async (given: Program) => {
        loaded.push(given.name);
        return { program: given } as LoadedProgram;
      },
    },
  };
}

test("a program's hash is the SHA-256 of its bytes", () => {
  expect(programHash(step.onnx)).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("what is allowed is loaded, and nothing else reaches the executor", async () => {
  const { executor, loaded } = recording();
  const seen: SeenProgram[] = [];
  const guarded = allowedExecutor(executor, {
    allowed: [programHash(step.onnx)],
    onSeen: (one) => seen.push(one),
  });
  expect((await guarded.load(step)).program).toBe(step);
  await expect(guarded.load(other)).rejects.toMatchObject({
    code: "PROGRAM_NOT_ALLOWED",
    message: expect.stringContaining(
      `program "other" has SHA-256 ${programHash(other.onnx)}, which is not among the 1`,
    ) as string,
  });
  expect(loaded).toEqual(["step"]);
  expect(seen.map(({ name }) => name)).toEqual(["step", "other"]);
});

test("an empty list allows nothing, no list everything", async () => {
  const { executor, loaded } = recording();
  await expect(allowedExecutor(executor, { allowed: [] }).load(step)).rejects.toMatchObject({
    code: "PROGRAM_NOT_ALLOWED",
  });
  await allowedExecutor(executor, {}).load(step);
  expect(loaded).toEqual(["step"]);
});

test("it passes for the executor that it guards", () => {
  const { name, threads } = jaxExecutor();
  expect(allowedExecutor(jaxExecutor(), {})).toMatchObject({ name, threads });
});

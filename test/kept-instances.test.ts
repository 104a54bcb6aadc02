import { expect, test } from "vitest";

/** A module that is given a memory and exports a function, which does nothing. */
function moduleOf(name: string): WebAssembly.Module {
  const text = (own: string) => [own.length, ...Buffer.from(own)];
  const sections = [
    [1, [1, 0x60, 0, 0]],
    [2, [1, ...text("env"), ...text("memory"), 2, 0, 1]],
    [3, [1, 0]],
    [7, [1, ...text(name), 0, 0]],
    [10, [1, 2, 0, 0x0b]],
  ] as const;
  const bytes = sections.flatMap(([id, content]) => [id, content.length, ...content]);
  return new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...bytes));
}

const memoryOf = () => new WebAssembly.Memory({ initial: 1 });

test("a kernel of jax-js has one instance for each memory", () => {
  const kernel = moduleOf("kernel");
  const [memory, other] = [memoryOf(), memoryOf()];
  const first = new WebAssembly.Instance(kernel, { env: { memory } });
  expect(first).toBeInstanceOf(WebAssembly.Instance);
  expect(new WebAssembly.Instance(kernel, { env: { memory } })).toBe(first);
  expect(new WebAssembly.Instance(kernel, { env: { memory: other } })).not.toBe(first);
});

test("what else there is has an instance each time", () => {
  const memory = memoryOf();
  const made = ["kernel", "colonel"].map((name, i) => {
    const module = moduleOf(name);
    const imports = { env: { memory, ...(i === 0 && { more: memory }) } };
    return [1, 2].map(() => new WebAssembly.Instance(module, imports));
  });
  for (const [first, second] of made) expect(second).not.toBe(first);
});

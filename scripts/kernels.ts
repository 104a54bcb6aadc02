import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/*
 * npm run kernels: compiles packages/core/assembly to WebAssembly and writes the module that
 * packages/core carries. A test compares the two, so neither can change alone.
 */
const root = join(import.meta.dirname, "..");
const source = join(root, "packages/core/assembly");
export const kernelModulePath = join(root, "packages/core/src/kernels/wasm.ts");

interface Compiler {
  readonly main: (
    options: readonly string[],
    files: {
      readonly readFile: (name: string) => Promise<string | null>;
      readonly writeFile: (name: string, contents: Uint8Array | string) => void;
      readonly listFiles: () => readonly string[];
    },
  ) => Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

/** Its own types declare another standard library over ours, so they are kept out by a name that is no literal. */
async function loadCompiler(): Promise<Compiler> {
  const name: string = "assemblyscript/asc";
  const { default: compiler } = (await import(name)) as { default: Compiler };
  return compiler;
}

const FLAGS = [
  "-O3",
  "--converge",
  "--noAssert",
  ["--runtime", "stub"],
  ["--enable", "simd,threads,bulk-memory"],
  // The memory is the arena's: it grows without moving, which only shared memory may.
  "--importMemory",
  "--sharedMemory",
  ["--initialMemory", "1"],
  ["--maximumMemory", "65536"],
].flat();

/** The source text of the module that carries the kernels. */
export async function kernelModule(): Promise<string> {
  let binary: Uint8Array | undefined;
  const compiler = await loadCompiler();
  const { error, stderr } = await compiler.main(
    ["index.ts", "--outFile", "kernels.wasm", ...FLAGS],
    {
      readFile: (name) => readFile(join(source, name), "utf8").catch(() => null),
      writeFile: (_, contents) => {
        if (contents instanceof Uint8Array) binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined)
    throw new Error(`the kernels do not compile: ${stderr.toString()}`, { cause: error });
  const text = Buffer.from(binary).toString("base64");
  const lines = text.match(/.{1,96}/g) ?? [];
  return [
    "/** Made by `npm run kernels` from packages/core/assembly: WebAssembly, as base64. */",
    "export const KERNELS =",
    `  ${lines.map((line) => `"${line}"`).join(" +\n  ")};`,
    "",
  ].join("\n");
}

if (import.meta.main) {
  await writeFile(kernelModulePath, await kernelModule());
  console.log(`wrote ${kernelModulePath}`);
}

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./packages.ts";

/**
 * Compiles the sources of all packages to `out`/<package>/src: a .js and a .d.ts beside it for every .ts.
 * One program for all, so that a type that crosses packages is written by the name its package exports it under.
 * `check: false` leaves type errors to `npm run typecheck`; wrong syntax fails either way.
 */
export async function compileSources(out: string, { check }: { readonly check: boolean }) {
  const project = join(out, "tsconfig.json");
  await writeFile(project, JSON.stringify(configFor(out)));
  const flags = check ? [] : ["--noCheck", "--singleThreaded"];
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  try {
    await promisify(execFile)(process.execPath, [tsc, "--project", project, ...flags]);
  } catch (cause) {
    const { stdout, message } = cause as { readonly stdout?: string; readonly message: string };
    throw new Error(
      `the sources do not compile; \`npm run typecheck\` says more\n${stdout || message}`,
      {
        cause,
      },
    );
  }
}

function configFor(out: string) {
  const all = join(root, "packages/*/src");
  return {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      noEmitOnError: true,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      rootDir: join(root, "packages"),
      outDir: out,
      typeRoots: [join(root, "node_modules/@types")],
    },
    include: [all],
    exclude: [
      ...["test", "laws", "fixture"].map((kind) => join(all, `**/*.${kind}.ts`)),
      join(all, "**/__fixtures__"),
    ],
  };
}

import { execFile } from "node:child_process";
import { availableParallelism, cpus, totalmem } from "node:os";
import { promisify } from "node:util";

/** Where a run was made: enough to repeat it, nothing that names a person or a path. */
export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly threads: number;
  /** Commit of the working tree the run was started in, or null outside of one. */
  readonly commit: string | null;
  readonly startedAt: string;
  readonly versions: Readonly<Record<string, string>>;
}

const PACKAGES = [
  "@atoll/core",
  "@atoll/node",
  "@jax-js/jax",
  "onnxruntime-node",
  "@duckdb/node-api",
];

export async function describeEnvironment(threads: number, startedAt: Date): Promise<Environment> {
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    threads,
    commit: await commitOf(import.meta.dirname),
    startedAt: startedAt.toISOString(),
    versions: Object.fromEntries(
      await Promise.all(PACKAGES.map(async (name) => [name, await versionOf(name)] as const)),
    ),
  };
}

async function commitOf(directory: string): Promise<string | null> {
  try {
    const git = promisify(execFile);
    return (await git("git", ["rev-parse", "HEAD"], { cwd: directory })).stdout.trim();
  } catch {
    return null;
  }
}

/** Looks for the package's own manifest: not every package exports it. */
async function versionOf(name: string): Promise<string> {
  const { findPackageJSON } = await import("node:module");
  const { readFile } = await import("node:fs/promises");
  const manifest = findPackageJSON(name, import.meta.url);
  if (manifest === undefined) return "not installed";
  return (JSON.parse(await readFile(manifest, "utf8")) as { version: string }).version;
}

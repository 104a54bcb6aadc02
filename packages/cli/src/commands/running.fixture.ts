import { setTimeout as pause } from "node:timers/promises";
import { runApp } from "../app.ts";

/** A command that goes on until it is interrupted. */
export interface Running {
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly interrupt: () => void;
  /** The exit code, once it has ended. */
  readonly ended: Promise<number>;
}

/** Starts a command in-process in a folder; with `isTerminal` its stderr is one. */
export function started(
  folder: string,
  words: readonly string[],
  { isTerminal = false }: { readonly isTerminal?: boolean } = {},
): Running {
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  const process = {
    stdout: { write: (text: string) => void (stdout += text) },
    stderr: { write: (text: string) => void (stderr += text), isTTY: isTerminal },
    exitCode: undefined as number | string | null | undefined,
  };
  const ended = runApp(words, {
    process,
    cwd: folder,
    columns: undefined,
    now: () => new Date(),
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  }).then(() => Number(process.exitCode ?? 0));
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    interrupt: () => {
      for (const listener of listeners) listener();
    },
    ended,
  };
}

const DEADLINE_MS = 60_000;

/** Waits for something that will be so; says what was there instead when it does not come. */
export async function until(
  what: string,
  {
    holds,
    told,
  }: { readonly holds: () => boolean | Promise<boolean>; readonly told: () => string },
): Promise<void> {
  const startedMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedMs > DEADLINE_MS)
      throw new Error(`${what} did not come; there is:\n${told()}`);
    await pause(20);
  }
}

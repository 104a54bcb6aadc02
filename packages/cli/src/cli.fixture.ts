import { idlePools } from "../../node/src/workers/idle-pools.fixture.ts";
import { runApp } from "./app.ts";

/** Of all commands of a process, one after another: to start a thread takes longer than what most of them do. */
const threads = idlePools();

/** What a command line left behind. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs a command in-process in a folder, as a pipe would see it; the folder's name is not in what it says. */
export async function ran(
  folder: string,
  words: readonly string[],
  now: () => Date = () => new Date(),
): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const process = {
    stdout: { write: (text: string) => void (stdout += text) },
    stderr: { write: (text: string) => void (stderr += text) },
    exitCode: undefined as number | string | null | undefined,
  };
  await runApp(words, {
    process,
    cwd: folder,
    columns: undefined,
    now,
    onInterrupt: () => () => {},
    openPool: threads.open,
  });
  const clean = (text: string) => text.replaceAll(folder, "FOLDER");
  return { stdout: clean(stdout), stderr: clean(stderr), exitCode: Number(process.exitCode ?? 0) };
}

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

type Reply = Readonly<Record<string, unknown>>;

/** A script in a Python process of its own, asked in lines of JSON. */
export interface PythonProcess {
  /** What it said when it was ready. */
  readonly hello: Reply;
  readonly ask: (request: object) => Promise<Reply>;
  readonly close: () => void;
}

/** Undefined where the interpreter is missing or lacks what the script imports. */
export async function startPython(
  python: string,
  script: string,
): Promise<PythonProcess | undefined> {
  const child = spawn(python, ["-B", "-W", "ignore", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<undefined>((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("exit", () => resolve(undefined));
  });
  child.stdin.on("error", () => undefined); // the end of the process is noticed below
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Reply | undefined> => {
    const line = await Promise.race([lines.next(), ended]);
    if (line === undefined || line.done === true) return undefined;
    return JSON.parse(line.value) as Reply;
  };
  const hello = await answer();
  if (hello === undefined) return undefined;
  return {
    hello,
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const reply = await answer();
      if (reply === undefined) throw new Error(`${script} ended at ${JSON.stringify(request)}`);
      return reply;
    },
    close: () => child.stdin.end(),
  };
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs programs in one place; what they print is the answer, and the message where they fail. */
export function command(options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv }) {
  return async (file: string, words: readonly string[]): Promise<string> => {
    try {
      const { stdout } = await promisify(execFile)(file, words, {
        ...options,
        maxBuffer: 2 ** 26,
      });
      return stdout;
    } catch (cause) {
      const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string };
      throw new Error(`\`${[file, ...words].join(" ")}\` failed\n${stdout}${stderr}`, { cause });
    }
  };
}

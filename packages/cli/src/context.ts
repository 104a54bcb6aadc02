import type { workerPool } from "@atoll/node/workers";
import type { CommandContext } from "@stricli/core";

/** Everything the command may touch; tests hand in their own. */
export interface AtollContext extends CommandContext {
  readonly process: {
    readonly stdout: { readonly write: (text: string) => void };
    readonly stderr: {
      readonly write: (text: string) => void;
      readonly isTTY?: boolean | undefined;
    };
    exitCode?: number | string | null | undefined;
    /** Ends the process whatever still goes on in it. */
    readonly exit?: (code: number) => void;
  };
  readonly cwd: string;
  /** Columns of the terminal; undefined where output goes to a file or a pipe. */
  readonly columns: number | undefined;
  readonly now: () => Date;
  /** Calls back on each interrupt (Ctrl-C); returns a function that stops listening. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Where threads for trainings come from; default: new ones for each command. */
  readonly openPool?: typeof workerPool;
}

import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { AtollError } from "@atoll/core/errors";
import { joinServer, policyPath } from "@atoll/network/hosting";
import { silentLog, type Log } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { behindProxy } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";

interface JoinFlags {
  readonly dir: string;
  readonly behindProxy: boolean;
}

/** An invitation that nobody answers is tried again for so long. */
const LIMIT_SECONDS = 60;

export const joinCommand = buildCommand<JoinFlags, [string], AtollContext>({
  docs: { brief: "Join a server with an invitation: makes a key, and gets a certificate for it" },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "the line that the server's operator sent",
          parse: String,
          placeholder: "INVITATION",
        },
      ],
    },
    flags: {
      dir: {
        kind: "parsed",
        parse: String,
        brief: "the folder to make for this client: its key, its policy, its state",
        placeholder: "DIR",
      },
      behindProxy,
    },
  },
  func: async function (this: AtollContext, flags: JoinFlags, invitation: string) {
    const stop = new AbortController();
    let why = "no answer yet";
    const log: Log = {
      ...silentLog,
      warn: (_, { message } = {}) => {
        why = String(message);
        this.process.stderr.write(`${deploymentText.joinRetry(why)}\n`);
      },
    };
    const tooLate = () =>
      stop.abort(new AtollError("SERVER_DOWN", deploymentText.joinLate(LIMIT_SECONDS, { why })));
    const timer = setTimeout(tooLate, LIMIT_SECONDS * 1000);
    const interrupted = new Error("interrupted");
    const stopListening = this.onInterrupt(() => stop.abort(interrupted));
    try {
      const { client } = await joinServer(invitation, {
        directory: resolve(this.cwd, flags.dir),
        now: () => this.now().getTime(),
        signal: stop.signal,
        trustSystem: flags.behindProxy,
        log,
      });
      const policy = policyPath(resolve(this.cwd, flags.dir));
      this.process.stdout.write(
        `${deploymentText.joined(client, { directory: flags.dir, policy })}\n`,
      );
    } catch (error) {
      if (stop.signal.reason !== interrupted) throw error;
      this.process.exitCode = 130;
    } finally {
      clearTimeout(timer);
      stopListening();
    }
  },
});

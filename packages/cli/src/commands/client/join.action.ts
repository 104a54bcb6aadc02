import { resolve } from "node:path";
import { joinServer, policyPath } from "@atoll/network/hosting";
import { silentLog, type Log } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { deploymentText } from "../deployment-text.ts";
import type { JoinFlags } from "./join.ts";

export async function action(context: AtollContext, flags: JoinFlags, invitation: string) {
  const stop = new AbortController();
  const log: Log = {
    ...silentLog,
    warn: (_, { message } = {}) => {
      context.process.stderr.write(`${deploymentText.joinRetry(String(message))}\n`);
    },
  };
  const interrupted = new Error("interrupted");
  const stopListening = context.onInterrupt(() => stop.abort(interrupted));
  try {
    const { client } = await joinServer(invitation, {
      directory: resolve(context.cwd, flags.dir),
      now: () => context.now().getTime(),
      signal: stop.signal,
      trustSystem: flags.behindProxy,
      log,
    });
    const policy = policyPath(resolve(context.cwd, flags.dir));
    context.process.stdout.write(
      `${deploymentText.joined(client, { directory: flags.dir, policy })}\n`,
    );
  } catch (error) {
    if (stop.signal.reason !== interrupted) throw error;
    context.process.exitCode = 130;
  } finally {
    stopListening();
  }
}

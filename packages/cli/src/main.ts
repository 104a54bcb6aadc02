import { runApp } from "./app.ts";

/** The `atoll` command: the only place that reads the real process. */
export async function main(words: readonly string[]): Promise<void> {
  await runApp(words, {
    process,
    cwd: process.cwd(),
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    now: () => new Date(),
    onInterrupt: (listener) => {
      let interrupted = false;
      const onSignal = () => {
        if (interrupted) process.exit(130);
        interrupted = true;
        listener();
      };
      process.on("SIGINT", onSignal);
      process.on("SIGTERM", onSignal);
      return () => {
        process.off("SIGINT", onSignal);
        process.off("SIGTERM", onSignal);
      };
    },
  });
}

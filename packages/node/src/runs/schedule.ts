import type { CellName } from "./events.ts";

/** A piece of work that may have to wait for others. */
export interface Task extends CellName {
  /** Methods of the same seed that must be done before. */
  readonly after: readonly string[];
}

/**
 * Runs tasks in their order, at most `width` at a time, each after those it waits for. The first
 * failure stops new tasks from starting and is thrown once the running ones have ended.
 */
export async function runInOrder<T extends Task>(
  tasks: readonly T[],
  width: number,
  run: (task: T) => Promise<void>,
): Promise<void> {
  const waiting = [...tasks];
  const unfinished = new Set(tasks.map(({ seed, method }) => `${seed}/${method}`));
  let failure: { readonly error: unknown } | undefined;

  const worker = async (wake: () => Promise<void>, nudge: () => void): Promise<void> => {
    while (waiting.length > 0 && failure === undefined) {
      const index = waiting.findIndex((task) =>
        task.after.every((method) => !unfinished.has(`${task.seed}/${method}`)),
      );
      if (index < 0) {
        await wake();
        continue;
      }
      const [task] = waiting.splice(index, 1);
      try {
        await run(task!);
      } catch (error) {
        failure ??= { error };
      }
      unfinished.delete(`${task!.seed}/${task!.method}`);
      nudge();
    }
  };

  let sleepers: (() => void)[] = [];
  const wake = () => new Promise<void>((resolve) => sleepers.push(resolve));
  const nudge = () => {
    for (const sleeper of sleepers) sleeper();
    sleepers = [];
  };
  await Promise.all(
    Array.from({ length: Math.min(width, tasks.length) }, () => worker(wake, nudge)),
  );
  if (failure !== undefined) throw failure.error;
}

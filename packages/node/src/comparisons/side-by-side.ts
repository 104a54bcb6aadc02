export interface SideBySideOptions {
  /** Works on one; calls back once it has begun what takes room, after which `hasRoom` knows of it. */
  readonly execute: (name: string, onBegun: () => void) => Promise<void>;
  readonly hasRoom: () => boolean;
  /** Whether no more are to start. */
  readonly isOver: () => boolean;
  /** Who is to be told that there may be room now. */
  readonly onChange: (listener: () => void) => void;
}

/**
 * Works on all in their order. The next one starts when there is room and the one before takes its share of it, so
 * that one alone makes ready at a time. The first failure stops new ones, and is thrown once the others have ended.
 */
export async function runSideBySide(
  names: readonly string[],
  { execute, hasRoom, isOver, onChange }: SideBySideOptions,
): Promise<void> {
  const waiting = [...names];
  const failures: unknown[] = [];
  let preparing = 0;
  let running = 0;
  const mayStart = () => failures.length === 0 && !isOver();
  await new Promise<void>((end) => {
    // What takes room is counted first, and whether what freed some has failed.
    const soon = () => void setImmediate(() => go());
    const go = () => {
      while (waiting.length > 0 && mayStart() && preparing === 0 && hasRoom()) {
        const name = waiting.shift()!;
        preparing += 1;
        running += 1;
        let isReady = false;
        const ready = () => {
          if (isReady) return;
          isReady = true;
          preparing -= 1;
          soon();
        };
        execute(name, ready)
          .catch((error: unknown) => {
            failures.push(error);
          })
          .finally(() => {
            ready();
            running -= 1;
            go();
          });
      }
      if (running === 0 && (waiting.length === 0 || !mayStart())) end();
    };
    onChange(soon);
    go();
  });
  if (failures.length > 0) throw failures[0];
}

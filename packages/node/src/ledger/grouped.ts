/**
 * Pieces of work that are asked for in one turn of the event loop run in one transaction, so that its price,
 * the wait for the disk, is paid once. Each piece is done as a whole or not at all, whatever becomes of the
 * others, and is answered after the transaction is on disk.
 */
export function grouped({
  transaction,
  piece,
}: {
  readonly transaction: (work: () => void) => void;
  /** Runs one piece; what it throws undoes the piece alone. */
  readonly piece: <T>(work: () => T) => T;
}): <T>(work: () => T) => Promise<T> {
  let waiting: Waiting[] = [];

  const runAll = (): void => {
    const pieces = waiting;
    waiting = [];
    const settle: (() => void)[] = [];
    try {
      transaction(() => {
        for (const { work, reject } of pieces)
          try {
            settle.push(piece(work));
          } catch (error) {
            settle.push(() => reject(error));
          }
      });
    } catch (error) {
      for (const { reject } of pieces) reject(error);
      return;
    }
    for (const done of settle) done();
  };

  return <T>(work: () => T) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({
        work: () => {
          const result = work();
          return () => resolve(result);
        },
        reject,
      });
      if (waiting.length === 1) setImmediate(runAll);
    });
}

interface Waiting {
  /** Gives what answers the one who asked. */
  readonly work: () => () => void;
  readonly reject: (reason: unknown) => void;
}

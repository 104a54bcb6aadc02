/** Calls that were given up in a row, at least, before the server rather than the prompts is to blame. */
const GIVEN_UP = 3;
/** Answers, none of them a completion, before the server rather than the model is to blame. */
const UNREADABLE = 20;

export interface ServerHealth {
  /** A completion came, whatever it says. */
  readonly readable: () => void;
  /** An answer came that is no completion. */
  readonly unreadable: () => void;
  /** A call was given up after all its tries. */
  readonly givenUp: () => void;
  /** Whether any completion ever came. */
  readonly everReadable: () => boolean;
  /** What is wrong with the server itself; undefined: nothing that is known. */
  readonly diagnosis: () => "silent" | "incomprehensible" | undefined;
}

/** Tells a server that does not work from prompts that it cannot answer; `concurrency` calls may fail as one. */
export function serverHealth(concurrency: number): ServerHealth {
  let readable = 0;
  let unreadable = 0;
  let inARow = 0;
  return {
    readable: () => {
      readable++;
      inARow = 0;
    },
    unreadable: () => {
      unreadable++;
      inARow = 0;
    },
    givenUp: () => {
      inARow++;
    },
    everReadable: () => readable > 0,
    diagnosis: () => {
      if (readable === 0 && unreadable >= UNREADABLE) return "incomprehensible";
      if (inARow >= Math.max(GIVEN_UP, concurrency)) return "silent";
      return inARow > 0 && readable + unreadable === 0 ? "silent" : undefined;
    },
  };
}

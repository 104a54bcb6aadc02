import { linkAborts, unlessAborted } from "./linked-abort.ts";

/** What every call of a session says of it. */
export interface Speaking {
  readonly v: number;
  readonly session: string;
}

/** One session that many calls share. */
export interface ClientSession {
  /** Says hello where there is no session; who comes while that goes on waits for the same one. */
  readonly get: (signal: AbortSignal) => Promise<Speaking>;
  /** Where it is still the present one. */
  readonly forget: (session: Speaking) => void;
}

export function createClientSession(
  hello: (signal: AbortSignal) => Promise<Speaking>,
  closing: AbortSignal,
): ClientSession {
  interface Greeting {
    readonly result: Promise<Speaking>;
    readonly end: AbortController;
    numWaiting: number;
  }
  let current: Speaking | undefined;
  let greeting: Greeting | undefined;

  const greet = (): Greeting => {
    const end = new AbortController();
    const link = linkAborts([closing, end.signal]);
    const result = hello(link.signal).then((session) => (current = session));
    const begun: Greeting = { result, end, numWaiting: 0 };
    const over = () => {
      link.release();
      if (greeting === begun) greeting = undefined;
    };
    result.then(over, over);
    return begun;
  };

  return {
    get: async (signal) => {
      if (current !== undefined) return current;
      greeting ??= greet();
      const own = greeting;
      own.numWaiting++;
      try {
        return await unlessAborted(own.result, signal);
      } finally {
        own.numWaiting--;
        if (own.numWaiting === 0) {
          // It is given up with the last call that wanted it, and nobody joins it any more.
          if (greeting === own) greeting = undefined;
          own.end.abort();
        }
      }
    },
    forget: (session) => {
      if (current === session) current = undefined;
    },
  };
}

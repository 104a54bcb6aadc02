import type { Transition } from "../silo/index.ts";
import type { Deployment, LiveSilo } from "./deployment.fixture.ts";

/** Says yes to each name once, and again after each step forward: so whoever dies at every yes comes to the end. */
export function everyOnce(isForward: (name: string) => boolean, times: (name: string) => number) {
  const seen = new Map<string, number>();
  const killedAt = new Map<string, number>();
  let position = 0;
  return {
    killedAt: killedAt as ReadonlyMap<string, number>,
    isNext: (name: string): boolean => {
      const key = `${position}/${name}`;
      const count = seen.get(key) ?? 0;
      if (isForward(name)) position += 1;
      if (count >= times(name)) return false;
      seen.set(key, count + 1);
      killedAt.set(name, (killedAt.get(name) ?? 0) + 1);
      return true;
    },
  };
}

/** Transitions that are made once: after them a start goes on from further on. */
const PROGRESS = new Set(["checkpoint", "finishCell"]);
const OF_EACH_CLIENT = new Set(["answerTask", "setRunClient", "setAccount"]);

/** Kills the server right after each of its transitions, until the run has ended and is forgotten; gives their counts. */
export async function killServerEverywhere(
  deployment: Deployment,
  run: string,
): Promise<ReadonlyMap<string, number>> {
  const numClients = deployment.keys.size;
  const { isNext, killedAt } = everyOnce(
    (name) => PROGRESS.has(name),
    (name) => (OF_EACH_CLIENT.has(name) ? numClients : 1),
  );
  const over = deployment.untilForgotten(run).then(() => "over");
  for (;;) {
    const server = await deployment.startServer({
      onTransition: (name, kill) => {
        if (isNext(name)) kill();
      },
    });
    const first = await Promise.race([over, server.killed.then(() => "killed")]);
    if (first === "over") {
      await server.stop();
      return killedAt;
    }
    await server.bury();
  }
}

export interface KilledSilo {
  /** How often it was killed after each step. */
  readonly killedAt: ReadonlyMap<string, number>;
  readonly stop: () => Promise<void>;
}

/** Kills a silo right after each of its steps, at every request anew, and starts it again. */
export function killSiloEverywhere(deployment: Deployment, client: string): KilledSilo {
  const { isNext, killedAt } = everyOnce(
    (name) => name === "answered",
    () => 1,
  );
  const onTransition = (step: Transition) => {
    if (isNext(step)) throw new Error("killed");
  };
  const over = new AbortController();
  let silo: LiveSilo = deployment.startSilo(client, { onTransition });
  const running = (async () => {
    while (!over.signal.aborted) {
      await silo.ended;
      if (!over.signal.aborted) silo = deployment.startSilo(client, { onTransition });
    }
  })();
  return {
    killedAt,
    stop: async () => {
      over.abort();
      await silo.stop();
      await running;
    },
  };
}

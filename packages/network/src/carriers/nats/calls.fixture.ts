import { setTimeout as sleep } from "node:timers/promises";
import type { ClientCarrier, FrameHandler } from "../types.ts";

const DEADLINE_MS = 20_000;

export const utf8 = (value: string) => new TextEncoder().encode(value);
export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Signals that end a call which would otherwise hang. */
export const patience = () => AbortSignal.timeout(DEADLINE_MS);

/** Answers who asked what. */
export const whoami: FrameHandler = async (caller, frame) =>
  utf8(`${caller.client} asked ${text(frame)}`);

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error("what was waited for did not come");
    await sleep(5);
  }
}

/** Asks again until there is an answer, as callers do. */
export async function askAgain(client: ClientCarrier, question: string): Promise<string> {
  const signal = patience();
  for (;;) {
    try {
      return text(await client.call(utf8(question), signal));
    } catch (error) {
      if ((error as { code?: unknown }).code !== "CARRIER_FAILED") throw error;
      await sleep(10);
    }
  }
}

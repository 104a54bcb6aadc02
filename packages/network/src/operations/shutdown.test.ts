import { EventEmitter, once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type ShutdownEvent, shutdownOn, type ShutdownStep } from "./shutdown.ts";

/** A process that can be told to end, and a clock that is moved by hand. */
function fakeProcess(steps: readonly ShutdownStep[]) {
  const signals = new EventEmitter();
  const said: string[] = [];
  const codes: number[] = [];
  const alarms: (() => void)[] = [];
  const shutdown = shutdownOn({
    signals,
    steps,
    exit: (code) => codes.push(code),
    onEvent: (event) => said.push(wordsOf(event)),
    sleep: async (ms, signal) => {
      const alarm = new EventEmitter();
      alarms[ms] = () => alarm.emit("ring");
      await once(alarm, "ring", { signal });
    },
  });
  const listening = () => signals.listenerCount("SIGINT") + signals.listenerCount("SIGTERM");
  return { signals, said, codes, shutdown, listening, ring: (ms: number) => alarms[ms]!() };
}

function wordsOf(event: ShutdownEvent): string {
  if (event.kind === "begin" || event.kind === "forced") return `${event.kind} ${event.reason}`;
  return `${event.kind} ${event.step}`;
}

/** Lets everything happen that can happen without anybody's doing. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await setImmediate();
}

function step(name: string, run: ShutdownStep["run"] = () => {}, limitMs = 100): ShutdownStep {
  return { name, limitMs, run };
}

describe("an orderly end", () => {
  test.each(["SIGINT", "SIGTERM"])(
    "%s runs the steps one after another, then ends",
    async (name) => {
      const first = Promise.withResolvers<void>();
      const begun: string[] = [];
      const { signals, said, codes, listening } = fakeProcess([
        step("listen no more", () => {
          begun.push("a");
          return first.promise;
        }),
        step("close the record", () => void begun.push("b")),
      ]);
      expect([listening(), said]).toEqual([2, []]);
      signals.emit(name);
      await settle();
      expect([begun, codes]).toEqual([["a"], []]);
      first.resolve();
      await settle();
      expect(begun).toEqual(["a", "b"]);
      expect(said).toEqual([`begin ${name}`, "done listen no more", "done close the record"]);
      expect([codes, listening()]).toEqual([[0], 0]);
    },
  );

  test("a step that takes too long is told so, and the next one begins", async () => {
    let aborted = false;
    const { signals, said, codes, ring } = fakeProcess([
      step("slow", (signal) => {
        signal.addEventListener("abort", () => (aborted = true));
        return new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("given up")));
        });
      }),
      step("quick"),
    ]);
    signals.emit("SIGTERM");
    await settle();
    expect([aborted, said]).toEqual([false, ["begin SIGTERM"]]);
    ring(100);
    await settle();
    expect([aborted, said]).toEqual([true, ["begin SIGTERM", "late slow", "done quick"]]);
    expect(codes).toEqual([1]);
  });

  test("a step that fails, or throws at once, does not keep the others from running", async () => {
    const { signals, said, codes } = fakeProcess([
      step("rejects", () => Promise.reject(new Error("no"))),
      step("throws", () => {
        throw new Error("no");
      }),
      step("well"),
    ]);
    signals.emit("SIGTERM");
    await settle();
    expect(said).toEqual(["begin SIGTERM", "failed rejects", "failed throws", "done well"]);
    expect(codes).toEqual([1]);
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("a second signal (%s) ends at once, with %d and only once", async (name, code) => {
    const never = Promise.withResolvers<void>();
    const { signals, said, codes, listening } = fakeProcess([
      step("stuck", () => never.promise),
      step("next"),
    ]);
    signals.emit("SIGTERM");
    await settle();
    signals.emit(name);
    expect([codes, listening()]).toEqual([[code], 0]);
    never.resolve();
    await settle();
    expect(said).toEqual(["begin SIGTERM", `forced ${name}`]);
    expect(codes).toEqual([code]);
  });

  test("it can begin without a signal, once", async () => {
    let runs = 0;
    const { shutdown, said, codes, listening } = fakeProcess([step("count", () => void runs++)]);
    await Promise.all([shutdown.begin("the record is gone"), shutdown.begin("again")]);
    expect([runs, said, codes]).toEqual([1, ["begin the record is gone", "done count"], [0]]);
    expect(listening()).toBe(0);
  });

  test("with the clock of the machine, and released from signals", async () => {
    const signals = new EventEmitter();
    const codes: number[] = [];
    const stuck = step("stuck", () => new Promise(() => {}), 5);
    const shutdown = shutdownOn({ signals, steps: [stuck], exit: (code) => codes.push(code) });
    shutdown.release();
    expect(signals.emit("SIGINT")).toBe(false);
    await shutdown.begin("enough");
    expect(codes).toEqual([1]);
  });
});

import { availableParallelism, cpus } from "node:os";
import { describe, expect, test, vi } from "vitest";
import { cpuTimes, followFreeCores, freeCores, type CpuTimes } from "./llama-threads.ts";

const start: CpuTimes = { cores: 4, total: 1000, busy: 500, own: 100, allowed: 4 };

/** A second of four cores later. */
function later(others: number, own: number, from: CpuTimes = start): CpuTimes {
  const busy = from.busy + others + own;
  return { ...from, total: from.total + 4000, busy, own: from.own + own };
}

describe("cores that others left free in a second of four", () => {
  test.each([
    ["nobody else", 0, 0, 4],
    ["nobody else, however much is taken here", 0, 4000, 4],
    ["a quarter of a core", 250, 3000, 3],
    ["two cores", 2000, 1000, 2],
    ["two cores and a half", 2500, 1500, 1],
    ["all cores", 4000, 0, 1],
    ["less than nothing, as counters are rounded", -10, 1000, 4],
  ])("%s", (_, others, own, free) => {
    expect(freeCores(start, later(others, own))).toBe(free);
  });

  test("no more than this process may run on", () => {
    expect(freeCores(start, { ...later(0, 0), allowed: 2 })).toBe(2);
  });

  test("where cores are not told, as many as this process may run on", () => {
    const untold = { ...start, cores: 4, total: 0, busy: 0 };
    expect(freeCores(untold, untold)).toBe(4);
  });
});

test("one thread at first, then what was measured since the last time, until it ends", () => {
  vi.useFakeTimers();
  const first = later(1000, 500);
  const second = later(3000, 500, first);
  const times = [start, first, second, later(0, 0, second)];
  const llama = { maxThreads: 9 };
  const seen: number[] = [];
  const stop = followFreeCores(llama, { read: () => times.shift()!, everyMilliseconds: 100 });
  seen.push(llama.maxThreads);
  for (let i = 0; i < 2; i++) {
    vi.advanceTimersByTime(100);
    seen.push(llama.maxThreads);
  }
  stop();
  vi.advanceTimersByTime(1000);
  expect([...seen, llama.maxThreads]).toEqual([1, 3, 1, 1]);
  expect(times).toHaveLength(1);
  vi.useRealTimers();
});

test("the machine's counters: all cores of it, and this process as the system counts it", () => {
  const used = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
  const before = used();
  const read = cpuTimes();
  const again = cpuTimes();
  expect(read.cores).toBe(cpus().length);
  expect(read.allowed).toBe(availableParallelism());
  expect(read.own).toBeGreaterThanOrEqual(before);
  expect(again.own).toBeLessThanOrEqual(used());
  expect(read.busy).toBeGreaterThan(0);
  expect(read.busy).toBeLessThan(read.total);
  expect(again.total).toBeGreaterThanOrEqual(read.total);
});

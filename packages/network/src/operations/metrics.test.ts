import { register } from "prom-client";
import { describe, expect, test } from "vitest";
import { createMetrics, MAX_RUN_LABELS, type Metrics } from "./metrics.ts";

/** Lines of one metric, without its comments. */
async function linesOf(metrics: Metrics, name: string): Promise<string[]> {
  return (await metrics.text()).split("\n").filter((line) => new RegExp(`^${name}[ {]`).test(line));
}

describe("metrics", () => {
  test("calls are counted by operation and outcome, and timed", async () => {
    const metrics = createMetrics({ ofProcess: false });
    metrics.call({ operation: "put", outcome: "ok", seconds: 0.01 });
    metrics.call({ operation: "put", outcome: "ok", seconds: 0.3 });
    metrics.call({ operation: "put", outcome: "refused", seconds: 0.01 });
    expect(await linesOf(metrics, "atoll_calls_total")).toEqual([
      'atoll_calls_total{op="put",outcome="ok"} 2',
      'atoll_calls_total{op="put",outcome="refused"} 1',
    ]);
    const buckets = await linesOf(metrics, "atoll_call_seconds_bucket");
    expect(buckets).toContain('atoll_call_seconds_bucket{le="0.02",op="put"} 2');
    expect(buckets).toContain('atoll_call_seconds_bucket{le="0.5",op="put"} 3');
  });

  test("rounds are counted by run and method, until the run is over", async () => {
    const metrics = createMetrics({ ofProcess: false });
    for (const method of ["fedavg", "fedmm", "fedavg"])
      metrics.round({ run: "r1", method, seconds: 2 });
    metrics.round({ run: "r2", method: "fedavg", seconds: 100 });
    expect(await linesOf(metrics, "atoll_rounds_total")).toEqual([
      'atoll_rounds_total{run="r1",method="fedavg"} 2',
      'atoll_rounds_total{run="r1",method="fedmm"} 1',
      'atoll_rounds_total{run="r2",method="fedavg"} 1',
    ]);
    metrics.forgetRun("r1");
    expect(await linesOf(metrics, "atoll_rounds_total")).toEqual([
      'atoll_rounds_total{run="r2",method="fedavg"} 1',
    ]);
    expect(await linesOf(metrics, "atoll_round_seconds_sum")).toEqual([
      "atoll_round_seconds_sum 106",
    ]);
  });

  test("of very many runs the first make room", async () => {
    const metrics = createMetrics({ ofProcess: false });
    for (let i = 0; i <= MAX_RUN_LABELS; i++)
      metrics.round({ run: `r${i}`, method: "fedavg", seconds: 1 });
    const lines = await linesOf(metrics, "atoll_rounds_total");
    expect(lines).toHaveLength(MAX_RUN_LABELS);
    expect(lines[0]).toBe('atoll_rounds_total{run="r1",method="fedavg"} 1');
  });

  test("states that are not named are 0, and each telling replaces the one before", async () => {
    const metrics = createMetrics({ ofProcess: false });
    metrics.tasks({ open: 3, leased: 2 });
    metrics.tasks({ leased: 1 });
    metrics.runs({ running: 2 });
    expect(await linesOf(metrics, "atoll_tasks")).toEqual([
      'atoll_tasks{state="open"} 0',
      'atoll_tasks{state="leased"} 1',
      'atoll_tasks{state="answered"} 0',
      'atoll_tasks{state="dropped"} 0',
    ]);
    expect(await linesOf(metrics, "atoll_runs")).toContain('atoll_runs{state="running"} 2');
    metrics.clientsConnected(7);
    metrics.blobBytes(2 ** 40);
    expect(await linesOf(metrics, "atoll_clients_connected")).toEqual([
      "atoll_clients_connected 7",
    ]);
    expect(await linesOf(metrics, "atoll_blob_bytes")).toEqual(["atoll_blob_bytes 1099511627776"]);
  });

  test("bytes are counted by client, and together once clients are many: nothing is lost", async () => {
    const metrics = createMetrics({ ofProcess: false });
    for (let i = 0; i < 200; i++)
      metrics.bytes({ direction: "in", client: `c${i}`, sizeBytes: 10 });
    metrics.bytes({ direction: "out", client: "c7", sizeBytes: 5 });
    metrics.bytes({ direction: "out", sizeBytes: 4 });
    const before = await linesOf(metrics, "atoll_bytes_total");
    expect(before).toHaveLength(202);
    expect(before).toContain('atoll_bytes_total{direction="in",client="c7"} 10');
    metrics.bytes({ direction: "in", client: "one too many", sizeBytes: 1 });
    metrics.bytes({ direction: "out", client: "c7", sizeBytes: 1 });
    expect(await linesOf(metrics, "atoll_bytes_total")).toEqual([
      'atoll_bytes_total{direction="in"} 2001',
      'atoll_bytes_total{direction="out"} 10',
    ]);
  });

  test("two servers of one process share nothing, and nothing is global", async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.clientsConnected(1);
    expect(await linesOf(other, "atoll_clients_connected")).toEqual(["atoll_clients_connected 0"]);
    expect(await linesOf(one, "process_resident_memory_bytes")).toHaveLength(1);
    expect(register.getMetricsAsArray()).toEqual([]);
    expect(one.contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
  });
});

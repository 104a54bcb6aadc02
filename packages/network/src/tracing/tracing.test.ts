import {
  type Attributes,
  type Span,
  type SpanOptions,
  type SpanStatus,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { afterEach, expect, test } from "vitest";
import { AtollError } from "@atoll/core/errors";
import { traced } from "./tracing.ts";

interface Seen {
  readonly name: string;
  readonly attributes: Attributes;
  status?: SpanStatus;
  isEnded: boolean;
}

/** The little of an SDK that remembers spans. */
function installSdk(): readonly Seen[] {
  const seen: Seen[] = [];
  const spanOf = (one: Seen): Span => {
    const span = {
      setAttribute: (name: string, value: string) => {
        one.attributes[name] = value;
        return span;
      },
      setStatus: (status: SpanStatus) => {
        one.status = status;
        return span;
      },
      end: () => {
        one.isEnded = true;
      },
    };
    return span as unknown as Span;
  };
  const tracer = {
    startActiveSpan: (name: string, options: SpanOptions, work: (span: Span) => unknown) => {
      const one: Seen = { name, attributes: { ...options.attributes }, isEnded: false };
      seen.push(one);
      return work(spanOf(one));
    },
  };
  trace.setGlobalTracerProvider({ getTracer: () => tracer as unknown as Tracer });
  return seen;
}

afterEach(() => trace.disable());

test("without an SDK the work is done all the same", async () => {
  expect(await traced("round", { run: "r" }, async () => 7)).toBe(7);
  const failure = new AtollError("DATA_EMPTY_FILE", "a.csv has no rows");
  await expect(traced("round", {}, () => Promise.reject(failure))).rejects.toBe(failure);
});

test("with one there is a span with attributes, that ends when the work does", async () => {
  const seen = installSdk();
  await traced("upload", { client: "de", sizeBytes: 12 }, async (span) => {
    span.setAttribute("chunks", 3);
    expect(seen[0]!.isEnded).toBe(false);
  });
  expect(seen).toEqual([
    {
      name: "atoll.upload",
      attributes: { "atoll.client": "de", "atoll.sizeBytes": 12, chunks: 3 },
      isEnded: true,
    },
  ]);
});

test("a failure is told by its code, never by its message", async () => {
  const seen = installSdk();
  const failures: unknown[] = [
    new AtollError("DATA_EMPTY_FILE", "a.csv"),
    new TypeError("a.csv"),
    "a.csv",
  ];
  for (const failure of failures)
    await expect(traced("upload", {}, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(seen.map(({ attributes }) => attributes["error.type"])).toEqual([
    "DATA_EMPTY_FILE",
    "TypeError",
    "string",
  ]);
  expect(seen.map(({ status, isEnded }) => [status, isEnded])).toEqual(
    failures.map(() => [{ code: 2 }, true]),
  );
  expect(JSON.stringify(seen)).not.toContain("a.csv");
});

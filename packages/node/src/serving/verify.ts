import { InferenceSession, Tensor } from "onnxruntime-node";
import type { ColumnsConfig, RawTable } from "@atoll/core/data";
import { AtollError } from "@atoll/core/errors";
import { streamOf } from "@atoll/core/random";
import {
  feedsOf,
  newRows,
  openKept,
  sampleRows,
  type ExportedModel,
  type Feed,
  type Kept,
} from "@atoll/core/serving";
import { onnxExecutor } from "../executor/index.ts";

/**
 * How far an exported probability may be from that of predicting. Both compute in float32, but batches of
 * another size may be multiplied in another order: 1e-7 is usual, 5e-6 was seen where log-odds are large. A
 * difference beyond this is a wrong model.
 */
export const MOST_DIFFERENCE = 1e-4;

/** Rows of the check, and how many of them are given at once: also a single one. */
const ROWS = 512;
const BATCHES = [1, 3, ROWS];

export interface VerifyOptions {
  readonly kept: Kept;
  readonly columns: ColumnsConfig;
  readonly client: string;
}

export interface Verified {
  readonly rows: number;
  /** The largest between a probability of the exported model and that of `predict`. */
  readonly difference: number;
  /** A row that the model was given, and what it answered. */
  readonly example: {
    readonly inputs: Readonly<Record<string, unknown>>;
    /** Of a list of candidates, all of them. */
    readonly outputs: Readonly<Record<string, number | number[]>>;
  };
}

/**
 * Runs an exported model in ONNX Runtime from raw rows and compares it with what predicting gives for the
 * same rows: made-up ones of the model's own vocabularies, with missing and unknown values among them.
 */
export async function verifyExport(
  { onnx, inputs, outputs }: ExportedModel,
  { kept, columns, client }: VerifyOptions,
): Promise<Verified> {
  const model = await openKept(kept, {
    client,
    executor: onnxExecutor({ intraOpThreads: 1 }),
  });
  const session = await InferenceSession.create(onnx, {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
  });
  try {
    const random = streamOf(1, "export", client);
    const options = { kept, columns, client, random };
    const table = sampleRows(ROWS, { ...options, missing: 0.1, unknown: 0.1 });
    const expected = await model.score(newRows(columns, table, client));
    let difference = 0;
    for (const batch of BATCHES) {
      const part = headOf(table, batch);
      const scores = await runSession(session, feedsOf(inputs, part, options));
      outputs.forEach((name, t) => {
        for (let row = 0; row < batch; row++) {
          const off = Math.abs(scores[name]![row]! - expected[row * outputs.length + t]!);
          // A comparison with NaN would pass.
          difference = Number.isNaN(off) ? Infinity : Math.max(difference, off);
        }
      });
    }
    refuseDifferent(difference, client);
    const shown = sampleRows(1, { ...options, missing: 0, unknown: 0 });
    const feeds = feedsOf(inputs, shown, options);
    const answers = await runSession(session, feeds);
    return {
      rows: ROWS,
      difference,
      example: {
        inputs: Object.fromEntries(
          Object.entries(feeds).map(([name, feed]) => [name, plain(feed)]),
        ),
        outputs: Object.fromEntries(outputs.map((name) => [name, answers[name]![0]!])),
      },
    };
  } finally {
    await model.close();
    await session.release();
  }
}

/** Refuses a model that is not what predicting is. */
export function refuseDifferent(difference: number, client: string): void {
  if (difference > MOST_DIFFERENCE)
    throw new AtollError(
      "SERVING_DIFFERS",
      `client "${client}": its exported model is off by ${difference.toExponential(1)} from atoll predict, where ${MOST_DIFFERENCE} is allowed; nothing was written: report this with the experiment, and use atoll predict`,
    );
}

/** Answers by output name. */
export async function runSession(
  session: InferenceSession,
  feeds: Readonly<Record<string, Feed>>,
): Promise<Readonly<Record<string, Float64Array>>> {
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [name, tensorOf(feed)]),
  );
  const results = await session.run(tensors);
  return Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float64Array]),
  );
}

function tensorOf(feed: Feed): Tensor {
  switch (feed.type) {
    case "string":
      return new Tensor("string", [...feed.data], feed.shape);
    case "float64":
      return new Tensor("float64", feed.data, feed.shape);
    case "int64":
      return new Tensor("int64", feed.data, feed.shape);
  }
}

/** A feed as JSON has it: numbers and texts, row by row. */
export function plain({ data, shape }: Feed): unknown {
  const values = Array.from(data as ArrayLike<string | number | bigint>, (value) =>
    typeof value === "bigint" ? Number(value) : value,
  );
  return shape.length === 1 ? values : [values];
}

function headOf({ columns }: RawTable, numRows: number): RawTable {
  return {
    numRows,
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [
        name,
        column.kind === "number"
          ? { kind: "number", values: column.values.slice(0, numRows) }
          : { kind: "text", codes: column.codes.slice(0, numRows), values: column.values },
      ]),
    ),
  };
}

import { AtollError } from "../errors/index.ts";
import type { RandomStream } from "../random/index.ts";

/**
 * What a dense parameter is for. Federated rules select by role, never by name: `normalisation`
 * (scale, shift and running statistics of normalisation layers) stays local under FedBN.
 */
export type ParameterRole = "weight" | "normalisation";

/**
 * Which part of a model a dense parameter belongs to; rules that treat parts differently select by it,
 * never by name. A parameter without one belongs to the layers that all tasks share.
 */
export type ModelPart =
  | {
      readonly kind: "expert";
      readonly expert: number;
      /** Of an expert whose weights are composed: which factor. Absent: the weights themselves. */
      readonly factor?: ExpertFactor;
      /** Of a factor of one task alone. */
      readonly task?: number;
    }
  | { readonly kind: "gate"; readonly task: number }
  /** Layer 0 reads what gates mixed, or what the shared layers made; the last one gives the log-odds. */
  | { readonly kind: "tower"; readonly task: number; readonly layer: number };

export type ExpertFactor = "global" | "task" | "scenario";

/** Fills `target` (the view of one parameter, shape `shape`, row-major) in place. */
export type Initialiser = (
  target: Float32Array,
  shape: readonly number[],
  random: RandomStream,
) => void;

export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: ParameterRole;
  readonly part?: ModelPart;
  readonly init: Initialiser;
}

/** One named view on the flat vector: entries [offset, offset + length). */
export interface ParameterView extends ParameterSpec {
  readonly offset: number;
  readonly length: number;
}

/** All dense parameters of a model as one flat Float32Array with named views, in order. */
export interface ParameterLayout {
  readonly size: number;
  readonly views: readonly ParameterView[];
}

/** Lays parameters out one after the other, in the order given. */
export function parameterLayout(specs: readonly ParameterSpec[]): ParameterLayout {
  const seen = new Set<string>();
  const views: ParameterView[] = [];
  let offset = 0;
  for (const spec of specs) {
    if (seen.has(spec.name))
      throw new AtollError(
        "TENSOR_PARAMETER",
        `two parameters are called "${spec.name}"; rename one`,
      );
    if (!spec.shape.every((size) => Number.isInteger(size) && size > 0))
      throw new AtollError(
        "TENSOR_PARAMETER",
        `parameter "${spec.name}" has shape [${spec.shape.join(", ")}]; every size must be a ` +
          `positive integer`,
      );
    seen.add(spec.name);
    const length = spec.shape.reduce((product, size) => product * size, 1);
    views.push({ ...spec, offset, length });
    offset += length;
  }
  return { size: offset, views };
}

/** A fresh flat vector; parameters draw from the stream in the order of the layout. */
export function initialise(layout: ParameterLayout, stream: RandomStream): Float32Array {
  const flat = new Float32Array(layout.size);
  for (const { offset, length, shape, init } of layout.views)
    init(flat.subarray(offset, offset + length), shape, stream);
  return flat;
}

/** The entries of one parameter: a window on `flat`, not a copy. */
export function view(layout: ParameterLayout, flat: Float32Array, name: string): Float32Array {
  const found = layout.views.find((entry) => entry.name === name);
  if (found === undefined)
    throw new AtollError(
      "TENSOR_PARAMETER",
      `no parameter is called "${name}"; there are ${listed(layout)}`,
    );
  return flat.subarray(found.offset, found.offset + found.length);
}

/** All parameters of a flat vector as windows on it, not copies, named `<prefix>:<name>`. */
export function windows(
  layout: ParameterLayout,
  flat: Float32Array,
  prefix: string,
): Record<string, Float32Array> {
  return Object.fromEntries(
    layout.views.map(({ name, offset, length }) => [
      `${prefix}:${name}`,
      flat.subarray(offset, offset + length),
    ]),
  );
}

function listed(layout: ParameterLayout): string {
  return layout.views.map((entry) => entry.name).join(", ");
}

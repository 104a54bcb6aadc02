import type { ModelPart, ParameterLayout, ParameterSpec } from "../../tensor/index.ts";
import type { VectorRange } from "../../training/index.ts";

/** The dense parameters of one part of a model, which travel as one array. */
export interface Block {
  /** `expert:0/scenario`, `tower:1/0`, `gate:0`; `parameters` for what belongs to no part. */
  readonly name: string;
  readonly part: ModelPart | undefined;
  readonly size: number;
  readonly ranges: readonly VectorRange[];
}

/** Everything that belongs to no part of a model. */
export const SHARED_BLOCK = "parameters";

export function blockName(part: ModelPart | undefined): string {
  switch (part?.kind) {
    case undefined:
      return SHARED_BLOCK;
    case "expert": {
      const { expert, factor, task } = part;
      const factorName = task === undefined ? factor : `${factor}${task}`;
      return factorName === undefined ? `expert:${expert}` : `expert:${expert}/${factorName}`;
    }
    case "gate":
      return `gate:${part.task}`;
    case "tower":
      return `tower:${part.task}/${part.layer}`;
  }
}

/** The chosen parameters part by part, in the order in which parts first appear. */
export function blocksOf(
  layout: ParameterLayout,
  chosen: (spec: ParameterSpec) => boolean,
): Block[] {
  return joined(layout, chosen, (spec) => spec.part);
}

/** The chosen parameters as one block. */
export function wholeBlock(
  layout: ParameterLayout,
  chosen: (spec: ParameterSpec) => boolean,
): Block[] {
  return joined(layout, chosen, () => undefined);
}

function joined(
  { views }: ParameterLayout,
  chosen: (spec: ParameterSpec) => boolean,
  partOf: (spec: ParameterSpec) => ModelPart | undefined,
): Block[] {
  const blocks = new Map<string, { part: ModelPart | undefined; ranges: VectorRange[] }>();
  for (const view of views) {
    if (!chosen(view)) continue;
    const part = partOf(view);
    const name = blockName(part);
    const block = blocks.get(name) ?? { part, ranges: [] };
    blocks.set(name, block);
    const last = block.ranges.at(-1);
    if (last !== undefined && last.offset + last.length === view.offset)
      block.ranges[block.ranges.length - 1] = {
        offset: last.offset,
        length: last.length + view.length,
      };
    else block.ranges.push({ offset: view.offset, length: view.length });
  }
  return [...blocks].map(([name, { part, ranges }]) => ({
    name,
    part,
    ranges,
    size: ranges.reduce((sum, { length }) => sum + length, 0),
  }));
}

/** The entries of a flat vector that a block names, one range after the other. */
export function packBlock({ ranges, size }: Block, flat: Float32Array): Float32Array {
  const data = new Float32Array(size);
  let at = 0;
  for (const { offset, length } of ranges) {
    data.set(flat.subarray(offset, offset + length), at);
    at += length;
  }
  return data;
}

/** Writes what `packBlock` gave into a flat vector, in place. */
export function unpackBlock({ ranges }: Block, flat: Float32Array, data: Float32Array): void {
  let at = 0;
  for (const { offset, length } of ranges) {
    flat.set(data.subarray(at, at + length), offset);
    at += length;
  }
}

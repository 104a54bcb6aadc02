import { costOf, totalCost, type Cost } from "./cost.ts";
import { readModel, type ReadNode, type ReadTensor } from "./onnx/reader.ts";
import type { Program } from "./types.ts";

const typeNames: Readonly<Record<number, string>> = { 1: "f32", 6: "i32", 7: "i64", 9: "bool" };

/** Operators with at least this share of a program's flops or bytes are marked. */
const HEAVY = 0.1;

/**
 * What a program computes, for people: its ONNX file read back, one operator a line, with the shape of
 * every tensor, its floating-point operations and the bytes that it reads and writes (see `costOf` for
 * what is counted); the heaviest operators are marked with their share. At the end, the sum of each
 * kind of operator, heaviest first, and of all.
 *
 * The counts are of the file. ONNX Runtime fuses some operators when it loads it, and then moves less.
 */
export function explain(program: Pick<Program, "onnx">): string {
  const model = readModel(program.onnx);
  const typed = (name: string): string => {
    const tensor = model.tensors.get(name);
    return tensor === undefined ? name : typedName(tensor);
  };
  const costs = model.nodes.map((node) => costOf(node, model.tensors));
  const total = totalCost(costs);
  const lines = [
    `program ${model.name}`,
    ...model.inputs.map((tensor) => `input    ${typedName(tensor)}`),
    ...model.constants.map((tensor) => `constant ${typedName(tensor)}`),
    ...model.nodes.map(
      (node, i) =>
        `${node.outputs.map(typed).join(", ")} = ${node.operator}${attributesOf(node)}` +
        `(${node.inputs.join(", ")})  # ${amount(costs[i]!)}${mark(costs[i]!, total)}`,
    ),
    ...model.outputs.map((tensor) => `output   ${typedName(tensor)}`),
    ...kinds(model.nodes, costs).map(
      ([name, parts]) =>
        `kind     ${name} x ${parts.length}: ${amount(totalCost(parts))}${mark(totalCost(parts), total)}`,
    ),
    `total    ${costs.length} operators: ${amount(total)}`,
  ];
  return lines.join("\n");
}

/** The costs of each kind of operator, the kind with the most work first. */
function kinds(nodes: readonly ReadNode[], costs: readonly Cost[]): [string, Cost[]][] {
  const byName = new Map<string, Cost[]>();
  for (const [i, { operator }] of nodes.entries())
    byName.set(operator, [...(byName.get(operator) ?? []), costs[i]!]);
  const work = ([, parts]: [string, Cost[]]): number => {
    const { flops, bytes } = totalCost(parts);
    return flops + bytes;
  };
  return [...byName].toSorted((a, b) => work(b) - work(a));
}

function amount({ flops, bytes }: Cost): string {
  return `${quantity(flops)}flop, ${quantity(bytes)}B`;
}

const prefixes = ["", "k", "M", "G", "T"];

/** A number with a prefix: 999 gives "999 ", 12345 gives "12.3 k". */
function quantity(value: number): string {
  let scaled = value;
  let prefix = 0;
  while (scaled >= 999.5 && prefix < prefixes.length - 1) {
    scaled /= 1000;
    prefix++;
  }
  return `${prefix === 0 ? scaled : scaled.toPrecision(3)} ${prefixes[prefix]}`;
}

function mark(part: Cost, total: Cost): string {
  const shares = (["flops", "bytes"] as const).flatMap((key) => {
    const share = part[key] / total[key];
    return share >= HEAVY ? [`${Math.round(100 * share)} % of ${key}`] : [];
  });
  return shares.length === 0 ? "" : ` <- ${shares.join(", ")}`;
}

function typedName({ name, shape, elementType }: ReadTensor): string {
  return `${name}:${typeNames[elementType] ?? String(elementType)}[${shape.join(",")}]`;
}

function attributesOf({ attributes }: ReadNode): string {
  const parts = Object.entries(attributes).map(
    ([name, value]) => `${name}=${typeof value === "object" ? `[${value.join()}]` : String(value)}`,
  );
  return parts.length === 0 ? "" : `<${parts.join(" ")}>`;
}

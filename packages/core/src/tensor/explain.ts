import { readModel, type ReadNode, type ReadTensor } from "./onnx/reader.ts";
import type { Program } from "./types.ts";

const typeNames: Readonly<Record<number, string>> = { 1: "f32", 6: "i32", 7: "i64", 9: "bool" };

/**
 * What a program computes, for people: its ONNX file read back, one operator a line, with the shape
 * of every tensor.
 */
export function explain(program: Pick<Program, "onnx">): string {
  const model = readModel(program.onnx);
  const typed = (name: string): string => {
    const tensor = model.tensors.get(name);
    return tensor === undefined ? name : typedName(tensor);
  };
  const lines = [
    `program ${model.name}`,
    ...model.inputs.map((tensor) => `input    ${typedName(tensor)}`),
    ...model.constants.map((tensor) => `constant ${typedName(tensor)}`),
    ...model.nodes.map(
      (node) =>
        `${node.outputs.map(typed).join(", ")} = ${node.operator}${attributesOf(node)}` +
        `(${node.inputs.join(", ")})`,
    ),
    ...model.outputs.map((tensor) => `output   ${typedName(tensor)}`),
  ];
  return lines.join("\n");
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

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  ANY_SIZE,
  type Attribute,
  type ConstantData,
  type ElementType,
  type Graph,
  type GraphNode,
  type Port,
  type Value,
} from "./graph.ts";

/** Operator set of all nodes, and the file format version that belongs to it. */
export const OPERATOR_SET = 21;
const FILE_VERSION = 10;

/** Operators that are not of the standard's main set: their domain, and the version of it. */
const domains: ReadonlyMap<string, { readonly domain: string; readonly version: number }> = new Map(
  [
    ["FusedMatMul", { domain: "com.microsoft", version: 1 }],
    ["LabelEncoder", { domain: "ai.onnx.ml", version: 2 }],
  ],
);

/** TensorProto.DataType. */
export const elementTypeNumber: Readonly<Record<ElementType, number>> = {
  float32: 1,
  float64: 11,
  string: 8,
  int32: 6,
  int64: 7,
  bool: 9,
};

/**
 * Encodes a graph as an ONNX file: a ModelProto in protocol buffer wire format. Field numbers are
 * those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). Names are given by
 * position, so that equal graphs give equal bytes.
 */
export function writeModel(name: string, graph: Graph): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(FILE_VERSION);
  writer.tag(2, WireType.LengthDelimited).string("atoll");
  message(writer, 7, () => writeGraph(writer, name, graph));
  message(writer, 8, () => writer.tag(2, WireType.Varint).int64(OPERATOR_SET));
  for (const [operator, { domain, version }] of domains)
    if (graph.nodes.some((node) => node.operator === operator))
      message(writer, 8, () => {
        writer.tag(1, WireType.LengthDelimited).string(domain);
        writer.tag(2, WireType.Varint).int64(version);
      });
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, name: string, graph: Graph): void {
  const names = nameValues(graph);
  for (const node of graph.nodes) message(writer, 1, () => writeNode(writer, node, names));
  writer.tag(2, WireType.LengthDelimited).string(name);
  for (const [value, data] of graph.constants)
    message(writer, 5, () => writeTensor(writer, names.get(value)!, value, data));
  for (const port of graph.inputs) message(writer, 11, () => writeValueInfo(writer, port));
  for (const port of graph.outputs) message(writer, 12, () => writeValueInfo(writer, port));
  const ports = new Set([...graph.inputs, ...graph.outputs].map((port) => port.value));
  for (const value of graph.nodes.flatMap((node) => node.outputs))
    if (!ports.has(value) && !value.shape.includes(ANY_SIZE))
      message(writer, 13, () => writeValueInfo(writer, { name: names.get(value)!, value }));
}

function nameValues(graph: Graph): Map<Value, string> {
  const names = new Map<Value, string>();
  for (const { name, value } of [...graph.inputs, ...graph.outputs]) names.set(value, name);
  const taken = new Set(names.values());
  let next = 0;
  const fresh = (prefix: string): string => {
    for (;;) {
      const name = `${prefix}${next++}`;
      if (!taken.has(name)) return name;
    }
  };
  for (const value of graph.constants.keys()) if (!names.has(value)) names.set(value, fresh("c"));
  for (const value of graph.nodes.flatMap((node) => node.outputs))
    if (!names.has(value)) names.set(value, fresh("v"));
  return names;
}

function writeNode(writer: BinaryWriter, node: GraphNode, names: ReadonlyMap<Value, string>): void {
  for (const value of node.inputs)
    writer.tag(1, WireType.LengthDelimited).string(names.get(value)!);
  for (const value of node.outputs)
    writer.tag(2, WireType.LengthDelimited).string(names.get(value)!);
  writer.tag(4, WireType.LengthDelimited).string(node.operator);
  for (const [name, attribute] of Object.entries(node.attributes))
    message(writer, 5, () => writeAttribute(writer, name, attribute));
  const special = domains.get(node.operator);
  if (special !== undefined) writer.tag(7, WireType.LengthDelimited).string(special.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: Attribute): void {
  writer.tag(1, WireType.LengthDelimited).string(name);
  const type = (number: number) => writer.tag(20, WireType.Varint).int32(number);
  switch (attribute.kind) {
    case "float":
      writer.tag(2, WireType.Bit32).float(attribute.value);
      type(1);
      return;
    case "int":
      writer.tag(3, WireType.Varint).int64(attribute.value);
      type(2);
      return;
    case "string":
      writer.tag(4, WireType.LengthDelimited).string(attribute.value);
      type(3);
      return;
    case "ints":
      for (const value of attribute.value) writer.tag(8, WireType.Varint).int64(value);
      type(7);
      return;
    case "strings":
      for (const value of attribute.value) writer.tag(9, WireType.LengthDelimited).string(value);
      type(8);
      return;
  }
}

function writeTensor(writer: BinaryWriter, name: string, value: Value, data: ConstantData): void {
  for (const size of value.shape) writer.tag(1, WireType.Varint).int64(size);
  writer.tag(2, WireType.Varint).int32(elementTypeNumber[value.dtype]);
  writer.tag(8, WireType.LengthDelimited).string(name);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  writer.tag(9, WireType.LengthDelimited).bytes(bytes);
}

function writeValueInfo(writer: BinaryWriter, { name, value, sizes = [] }: Port): void {
  writer.tag(1, WireType.LengthDelimited).string(name);
  message(writer, 2, () =>
    message(writer, 1, () => {
      writer.tag(1, WireType.Varint).int32(elementTypeNumber[value.dtype]);
      message(writer, 2, () => {
        value.shape.forEach((size, i) =>
          message(writer, 1, () => {
            if (size === ANY_SIZE)
              writer.tag(2, WireType.LengthDelimited).string(sizes[i] ?? "batch");
            else writer.tag(1, WireType.Varint).int64(size);
          }),
        );
      });
    }),
  );
}

function message(writer: BinaryWriter, field: number, body: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  body();
  writer.join();
}

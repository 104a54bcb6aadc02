import { BinaryReader } from "@bufbuild/protobuf/wire";
import { AtollError } from "../../errors/index.ts";

/** A tensor as an ONNX file declares it. */
export interface ReadTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** TensorProto.DataType: 1 float32, 6 int32, 7 int64, 9 bool. */
  readonly elementType: number;
}

export interface ReadNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
}

/** What an ONNX file holds, as far as Atoll writes it. */
export interface ReadModel {
  readonly name: string;
  readonly nodes: readonly ReadNode[];
  readonly constants: readonly ReadTensor[];
  readonly inputs: readonly ReadTensor[];
  readonly outputs: readonly ReadTensor[];
  /** Every tensor by name: constants, inputs, outputs and what lies between. */
  readonly tensors: ReadonlyMap<string, ReadTensor>;
}

type Fields = Readonly<Record<number, (reader: BinaryReader) => void>>;

/** Reads an ONNX file back. Field numbers are those of onnx.proto; unknown fields are skipped. */
export function readModel(bytes: Uint8Array): ReadModel {
  let model: ReadModel | undefined;
  readFields(new BinaryReader(bytes), bytes.length, {
    7: (reader) => {
      model = readGraph(reader);
    },
  });
  if (model === undefined)
    throw new AtollError(
      "TENSOR_SPEC",
      `${bytes.length} bytes hold no ONNX graph; give the \`onnx\` of a compiled program`,
    );
  return model;
}

function readGraph(reader: BinaryReader): ReadModel {
  let name = "";
  const nodes: ReadNode[] = [];
  const constants: ReadTensor[] = [];
  const inputs: ReadTensor[] = [];
  const outputs: ReadTensor[] = [];
  const between: ReadTensor[] = [];
  readMessage(reader, {
    1: (field) => nodes.push(readNode(field)),
    2: (field) => (name = field.string()),
    5: (field) => constants.push(readConstant(field)),
    11: (field) => inputs.push(readValueInfo(field)),
    12: (field) => outputs.push(readValueInfo(field)),
    13: (field) => between.push(readValueInfo(field)),
  });
  const all = [...constants, ...inputs, ...outputs, ...between];
  const tensors = new Map(all.map((tensor) => [tensor.name, tensor]));
  return { name, nodes, constants, inputs, outputs, tensors };
}

function readNode(reader: BinaryReader): ReadNode {
  let operator = "";
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, number | string | readonly number[]> = {};
  readMessage(reader, {
    1: (field) => inputs.push(field.string()),
    2: (field) => outputs.push(field.string()),
    4: (field) => (operator = field.string()),
    5: (field) => {
      const { name, value } = readAttribute(field);
      attributes[name] = value;
    },
  });
  return { operator, inputs, outputs, attributes };
}

function readAttribute(reader: BinaryReader): {
  name: string;
  value: number | string | readonly number[];
} {
  let name = "";
  let value: number | string | undefined;
  const list: number[] = [];
  readMessage(reader, {
    1: (field) => (name = field.string()),
    2: (field) => (value = field.float()),
    3: (field) => (value = Number(field.int64())),
    4: (field) => (value = field.string()),
    8: (field) => list.push(Number(field.int64())),
  });
  return { name, value: value ?? list };
}

function readConstant(reader: BinaryReader): ReadTensor {
  let name = "";
  let elementType = 0;
  const shape: number[] = [];
  readMessage(reader, {
    1: (field) => shape.push(Number(field.int64())),
    2: (field) => (elementType = field.int32()),
    8: (field) => (name = field.string()),
  });
  return { name, shape, elementType };
}

function readValueInfo(reader: BinaryReader): ReadTensor {
  let name = "";
  let elementType = 0;
  const shape: number[] = [];
  const dimension: Fields = { 1: (field) => shape.push(Number(field.int64())) };
  const tensorType: Fields = {
    1: (field) => (elementType = field.int32()),
    2: (field) => readMessage(field, { 1: (inner) => readMessage(inner, dimension) }),
  };
  readMessage(reader, {
    1: (field) => (name = field.string()),
    2: (field) => readMessage(field, { 1: (inner) => readMessage(inner, tensorType) }),
  });
  return { name, shape, elementType };
}

function readMessage(reader: BinaryReader, fields: Fields): void {
  const length = reader.uint32();
  readFields(reader, reader.pos + length, fields);
}

function readFields(reader: BinaryReader, end: number, fields: Fields): void {
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const read = fields[number];
    if (read === undefined) reader.skip(wireType);
    else read(reader);
  }
}

import type { ErrorFamily } from "../family.ts";

export const programErrors = {
  title: "Programs and devices",
  codes: {
    EXECUTOR_PROVIDER: {
      meaning: "an execution provider is asked for that this machine does not have",
      wayOut: "Install what the message says that the device needs, or compute on the CPU.",
    },
    EXECUTOR_SESSION: {
      meaning: "ONNX Runtime refuses to load a program",
      wayOut:
        "Name a device that is there; where ONNX Runtime refuses, write the function with other operations and report the program.",
    },
    TENSOR_INPUT: {
      meaning: "a program is run with an input missing, unknown, or of wrong type or length",
      wayOut:
        "Give the program the inputs that it declares, of the type and length that the message names.",
    },
    TENSOR_PARAMETER: {
      meaning: "a parameter is unknown, or its specification is wrong",
      wayOut:
        "Give each parameter a name of its own and a shape of positive sizes that its start can fill.",
    },
    TENSOR_RELEASED: {
      meaning: "a program is run after it was released",
      wayOut: "Load the program again to run it.",
    },
    TENSOR_SPEC: {
      meaning: "a program's inputs, outputs or gradient targets are declared wrongly",
      wayOut: "Change the declaration as the message says.",
    },
    TENSOR_TRACE: {
      meaning: "a function cannot be traced into a program",
      wayOut:
        "Mend the function at the place that the message names, and pass arrays from outside as inputs.",
    },
    TENSOR_UNSUPPORTED_DTYPE: {
      meaning: "a function uses an element type that programs do not know",
      wayOut: "Cast with `.astype(np.float32)` or `.astype(np.int32)`.",
    },
    TENSOR_UNSUPPORTED_PRIMITIVE: {
      meaning: "a function uses an operation that has no lowering to ONNX",
      wayOut:
        "Write the function with other operations, and use the version of jax-js that Atoll pins.",
    },
  },
} satisfies ErrorFamily;

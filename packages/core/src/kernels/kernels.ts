/** The byte address of an array in an arena (see `Arena.address`). */
export type Address = number;

/**
 * The loops over many numbers, as WebAssembly with vector instructions: packages/core/assembly holds
 * their source, one formula a function. Arithmetic is float32, or double where a kernel says so, in a fixed order, so the same
 * numbers come out on every machine.
 */
export interface Kernels {
  readonly sgd: (
    parameters: Address,
    gradient: Address,
    length: number,
    l2: number,
    rate: number,
  ) => void;
  readonly sgdRows: (
    values: Address,
    sums: Address,
    rows: Address,
    count: number,
    width: number,
    l2: number,
    rate: number,
  ) => void;
  readonly adam: (
    parameters: Address,
    gradient: Address,
    mean: Address,
    square: Address,
    length: number,
    l2: number,
    shrink: number,
    stepSize: number,
    squareScale: number,
    beta1: number,
    beta2: number,
    rest1: number,
    rest2: number,
    epsilon: number,
  ) => void;
  readonly adamRows: (
    values: Address,
    sums: Address,
    mean: Address,
    square: Address,
    rows: Address,
    count: number,
    width: number,
    l2: number,
    stepSize: number,
    squareScale: number,
    beta1: number,
    beta2: number,
    rest1: number,
    rest2: number,
    epsilon: number,
  ) => void;
  readonly adagrad: (
    parameters: Address,
    gradient: Address,
    sum: Address,
    length: number,
    l2: number,
    rate: number,
    epsilon: number,
  ) => void;
  readonly adagradRows: RowsWithAccumulator;
  readonly rowwiseAdagradRows: RowsWithAccumulator;
  readonly addProximal: (
    gradient: Address,
    parameters: Address,
    anchor: Address,
    length: number,
    mu: number,
  ) => void;
  readonly zeroTiny: (values: Address, length: number, bound: number) => void;
  readonly addTo: (target: Address, values: Address, length: number) => void;
  readonly fillMask: (
    out: Address,
    length: number,
    key: number,
    otherKey: number,
    threshold: number,
    value: number,
  ) => void;
  readonly rowsOf: (
    categorical: Address,
    numExamples: number,
    numColumns: number,
    columns: Address,
    offsets: Address,
    numFeatures: number,
    rows: Address,
    slots: Address,
  ) => void;
  readonly gatherRows: (
    table: Address,
    width: number,
    rows: Address,
    count: number,
    out: Address,
  ) => void;
  readonly gatherBags: (
    table: Address,
    width: number,
    rows: Address,
    slots: Address,
    starts: Address,
    numBags: number,
    mean: number,
    out: Address,
  ) => void;
  readonly scaleRows: (
    x: Address,
    width: number,
    scale: Address,
    numRows: number,
    out: Address,
  ) => void;
  readonly propagate: (
    table: Address,
    width: number,
    neighbours: Address,
    starts: Address,
    numNodes: number,
    x: Address,
    scale: Address,
    share: number,
    last: number,
    out: Address,
  ) => void;
  readonly pairProducts: (
    vectors: Address,
    users: Address,
    positives: Address,
    negatives: Address,
    count: number,
    width: number,
    firstItem: number,
    out: Address,
  ) => void;
  readonly addPairGradients: (
    vectors: Address,
    gradient: Address,
    users: Address,
    positives: Address,
    negatives: Address,
    slopes: Address,
    count: number,
    width: number,
    firstItem: number,
  ) => void;
  readonly addRowDecay: (
    vectors: Address,
    gradient: Address,
    rows: Address,
    count: number,
    first: number,
    width: number,
    share: number,
  ) => number;
  readonly distinctRows: (
    rows: Address,
    count: number,
    slotOfRow: Address,
    unique: Address,
    slots: Address,
  ) => number;
  readonly sumRows: (
    slots: Address,
    count: number,
    gradient: Address,
    width: number,
    sums: Address,
    numSlots: number,
  ) => void;
  readonly sumBags: (
    slots: Address,
    starts: Address,
    numBags: number,
    mean: number,
    gradient: Address,
    width: number,
    sums: Address,
    numSlots: number,
  ) => void;
}

export type RowsWithAccumulator = (
  values: Address,
  sums: Address,
  accumulator: Address,
  rows: Address,
  count: number,
  width: number,
  l2: number,
  rate: number,
  epsilon: number,
) => void;

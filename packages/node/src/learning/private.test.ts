import { describe, test } from "vitest";
import { stepsByClippedSums } from "../../../core/src/training/private/clipped-sums.laws.ts";
import { referenceCases, trainsAsPyTorch } from "../../../core/src/training/private/dp-sgd.laws.ts";
import { richSchema } from "../../../core/src/training/private/worlds.fixture.ts";
import { onnxExecutor } from "../executor/index.ts";

const executor = onnxExecutor({ intraOpThreads: 1 });
const small = { width: 3, embeddingStd: 0.5 };
const hidden = { hidden: [5, 4] };
const tasks = { ...richSchema, tasks: ["click", "buy"] };
const experts = { ...small, expertHidden: [4], towerHidden: [3] };
const models = [
  { kind: "lr" },
  { kind: "fm", ...small },
  { kind: "deepfm", ...small, ...hidden },
  { kind: "dcnv2", ...small, crossLayers: 2, ...hidden },
  { kind: "gmf", ...small },
  { kind: "mlp", ...small, ...hidden },
  { kind: "neumf", gmfWidth: 3, mlpWidth: 3, ...hidden, embeddingStd: 0.5 },
  { kind: "ffm", width: 2, embeddingStd: 0.5 },
  { kind: "widedeep", ...small, ...hidden },
  { kind: "pnn", ...small, product: "both", ...hidden },
  { kind: "dcn", ...small, ...hidden },
  { kind: "xdeepfm", ...small, cin: [4, 3], ...hidden },
  { kind: "autoint", ...small, layers: 2, headWidth: 2, ...hidden },
  { kind: "fibinet", ...small, bilinear: "all", ...hidden },
  { kind: "masknet", ...small, structure: "serial", blocks: [5, 4], hidden: [] },
  { kind: "finalmlp", ...small, first: [6], second: [4], heads: 2 },
  { kind: "star", ...small, ...hidden, scenario: "item", partitionedNorm: false },
  { kind: "sasrec", width: 4, layers: 1, dropout: 0, embeddingStd: 0.5 },
  { kind: "gru4rec", width: 4, embeddingStd: 0.5 },
  { kind: "bert4rec", width: 4, layers: 1, dropout: 0, embeddingStd: 0.5 },
  { kind: "pepnet", ...small, ...hidden, scenario: "item", gateHidden: 4 },
];
const ofTasks = [
  { kind: "shared-bottom", ...small, bottomHidden: [5], towerHidden: [4] },
  { kind: "mmoe", ...experts },
  { kind: "ple", ...experts },
  { kind: "aitm", ...small, bottomHidden: [5], towerHidden: [4] },
  { kind: "stem", ...experts },
  { kind: "esmm", ...small, towerHidden: [5, 4] },
];

describe("a step is by the clipped sum of gradients that were taken one by one", () => {
  const all = [
    ...models.map((model) => ({ model })),
    ...ofTasks.map((model) => ({ model, schema: tasks })),
  ];
  const byExample = new Set(["lr", "deepfm", "autoint", "xdeepfm", "mmoe"]);
  const cases = [
    ...all.map((example) => ({ ...example, unit: "user", clipping: "flat" }) as const),
    ...all
      .filter(({ model }) => byExample.has(model.kind))
      .map((example) => ({ ...example, unit: "example", clipping: "flat" }) as const),
  ];
  test.each(cases)("$model.kind, $unit, $clipping", async (example) => {
    await stepsByClippedSums(example, executor);
  });
});

describe("three steps end where those of PyTorch do, which clips gradients one by one", () => {
  test.each(referenceCases)("$model, $unit, $clipping, $optimiser", async (example) => {
    await trainsAsPyTorch(example, executor);
  });
});

import { expect, test } from "vitest";
import { modelConfig, type ModelKind } from "@atoll/core/models";
import { exportModel } from "@atoll/core/serving";
import { drawnModel, oddColumns } from "./kept.fixture.ts";
import { verifyExport } from "./verify.ts";

/** What kinds need to be told. */
const SETTINGS: Partial<Record<ModelKind, Record<string, unknown>>> = {
  star: { scenario: "device" },
  pepnet: { scenario: "device" },
  deepfm: { batchNorm: true },
};

/** Holds models of the shelf, exported with every kind of feature, against what predicting gives. */
export function exportLaws(kinds: readonly ModelKind[]): void {
  test.each(kinds)("%s", async (kind) => {
    const usual = modelConfig.parse({ kind, ...SETTINGS[kind] });
    const config = modelConfig.parse({ ...usual, ...("width" in usual && { width: 4 }) });
    const columns = oddColumns();
    const kept = drawnModel(config, { columns });
    const exported = exportModel(kept, { client: "north", columns, name: kind });
    const { difference } = await verifyExport(exported, { kept, columns, client: "north" });
    expect(difference).toBeLessThan(1e-5);
  });
}

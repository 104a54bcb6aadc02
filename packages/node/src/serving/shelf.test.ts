import { models, type ModelKind } from "@atoll/core/models";
import { exportLaws } from "./shelf.laws.ts";

const kinds = Object.keys(models) as ModelKind[];
exportLaws(kinds.slice(0, kinds.length / 2));

import { answer } from "./answer/index.ts";
import { augmentation } from "./augmentation/index.ts";
import { fedcctr } from "./fedcctr/index.ts";
import { fedmm } from "./fedmm/index.ts";
import type { Page } from "./page.ts";
import { pfMsmtrec } from "./pf-msmtrec/index.ts";
import { privacy } from "./privacy/index.ts";
import { modelShelf } from "./shelf/index.ts";
import { xmarket, xmarketAnchor } from "./xmarket/index.ts";

/** Pages of docs/results that come of experiments. */
export const PAGES: readonly Page[] = [
  xmarketAnchor,
  xmarket,
  modelShelf,
  fedmm,
  pfMsmtrec,
  privacy,
  fedcctr,
  augmentation,
  answer,
];

import type { KeptPopulation } from "../../methods/index.ts";
import {
  recencyFromCells,
  recencyOf,
  requestReader,
  type Recency,
  type RequestReader,
} from "../../request/index.ts";

/** What requests know of candidates, read from what was kept. */
export function keptReader({ settings, text, times }: KeptPopulation): RequestReader {
  return requestReader({ recency: recencyIn({ settings, times }), text, decay: settings.decay });
}

function recencyIn({
  settings,
  times,
}: Pick<KeptPopulation, "settings" | "times">): Recency | undefined {
  switch (times?.kind) {
    case undefined:
      return undefined;
    case "events":
      return recencyOf(times.times, settings);
    case "cells": {
      const { cells, grid, deviation } = times;
      return recencyFromCells(cells, grid, { ...settings, deviation });
    }
  }
}

import { serveCalls } from "../threads/index.ts";
import { createLane, type LaneCall } from "./lanes.ts";

/* The module of a worker thread that encodes some of a table's text columns. */
let lane: ReturnType<typeof createLane> | undefined;

serveCalls(async (call: LaneCall) => {
  switch (call.kind) {
    case "open":
      lane = createLane(call.blocks);
      return undefined;
    case "encode":
      return lane!(call.block, call.numRows);
  }
});

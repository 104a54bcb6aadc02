import { parentPort, workerData } from "node:worker_threads";
import { ours, type RoundOptions } from "./ours.ts";
import type { RoundSetting } from "./setting.ts";

/* A thread of `sharded`: sums the gradients of its own clients when asked, and gives the sum away. */
const { setting, users } = workerData as {
  readonly setting: RoundSetting;
  readonly users: Int32Array<ArrayBuffer>;
};
const own = await ours(setting);

async function answer(options: RoundOptions): Promise<void> {
  const sum = (await own.round(options, users)).slice();
  parentPort!.postMessage(sum, [sum.buffer]);
}

parentPort!.on("message", (options: RoundOptions) => void answer(options));
parentPort!.postMessage("ready");

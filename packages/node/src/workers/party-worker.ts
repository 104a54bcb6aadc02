import { constants, setPriority } from "node:os";
import { workerData } from "node:worker_threads";
import type { SplitClient } from "@atoll/core/data";
import { createClient, type ClientRuntime } from "@atoll/core/federation";
import { methodOf } from "@atoll/core/methods";
import type { AugmentationSource, OpenServices } from "../augmentation/index.ts";
import { loadCode } from "../extensions/index.ts";
import { allowedExecutor, onnxExecutor, type EngineConfig } from "../executor/index.ts";
import { nodeCryptography } from "../cryptography/index.ts";
import { privacyServices } from "../ledger/index.ts";
import { directoryStore } from "../runs/directory-store.ts";
import { readWhole, writeAtomically } from "../runs/files.ts";
import { notify, serveCalls } from "../threads/index.ts";
import type { PartyProgress, PartySpec, WorkerCall } from "./protocol.ts";

/*
 * A worker thread hosts parties: it holds their rows, trains them and answers requests in bytes, as a
 * silo would. Parties of one thread take turns; one kernel thread each keeps sums in one order.
 */
/** Progress is told so often. */
const NOTICE_MS = 250;
let lastNoticeMs = 0;
const splits = new Map<string, SplitClient>();
const parties = new Map<string, ClientRuntime>();
/** What parties read of augmentation, by party. */
const augmentations = new Map<string, OpenServices>();
const { executionProviders, threadsPerClient } = workerData as EngineConfig;
const executor = onnxExecutor({ intraOpThreads: threadsPerClient, executionProviders });
// Training may take every core that nobody else wants, and no more.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

async function open(spec: PartySpec): Promise<ClientRuntime> {
  await loadCode(spec.extensions ?? []);
  const definition = methodOf(spec.method.kind);
  const augmentation = spec.augmentation && (await reading(spec.augmentation));
  if (augmentation !== undefined) augmentations.set(spec.id, augmentation);
  return createClient(definition.stages(spec.method, spec.settings), {
    name: spec.name,
    seed: spec.seed,
    splits: spec.splits.map((key) => splits.get(key)!),
    executor: spec.programs ? allowedExecutor(executor, { allowed: spec.programs }) : executor,
    store: directoryStore(spec.directory),
    cryptography: nodeCryptography,
    privacy: privacyServices(spec.privacy, nodeCryptography),
    ...(augmentation && { augmentation: augmentation.services }),
    earlier: (method) => directoryStore(spec.earlier[method]!),
    memory: {},
    onProgress: (progress) => {
      const nowMs = performance.now();
      if (nowMs - lastNoticeMs < NOTICE_MS) return;
      lastNoticeMs = nowMs;
      notify({ id: spec.id, progress } satisfies PartyProgress);
    },
  });
}

/*
 * What few parties need is loaded for those alone: a fifth of all modules, and with them of the time that a
 * thread takes to start.
 */
async function reading(source: AugmentationSource): Promise<OpenServices> {
  const { readingServices } = await import("../augmentation/index.ts");
  return readingServices(source);
}

/** Rows on disk are read by the thread that trains on them. */
async function opened(split: SplitClient): Promise<SplitClient> {
  if (split.stored === undefined) return split;
  const { openCached } = await import("../tables/index.ts");
  const source = await openCached(split.stored.directory, split.stored.key);
  return { ...split, stored: { ...split.stored, source } };
}

async function answer(call: WorkerCall): Promise<Uint8Array | undefined> {
  switch (call.op) {
    case "split":
      splits.set(call.key, await opened(call.split));
      return undefined;
    case "open": {
      const party = await open(call.party);
      parties.set(call.party.id, party);
      if (call.statePath !== undefined) await party.load(await readWhole(call.statePath));
      return undefined;
    }
    case "request":
      return parties.get(call.id)!.handle(call.bytes);
    case "save":
      await writeAtomically(call.path, await parties.get(call.id)!.save());
      return undefined;
    case "close":
      await parties.get(call.id)?.close();
      parties.delete(call.id);
      augmentations.get(call.id)?.close();
      augmentations.delete(call.id);
      return undefined;
    case "clear":
      splits.clear();
      return undefined;
  }
}

serveCalls(answer);

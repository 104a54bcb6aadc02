import { createHash } from "node:crypto";
import { canonicalJson } from "@atoll/core/federation";
import type { Sha256 } from "../blobs/index.ts";
import type { Job } from "../protocol/index.ts";

/** The SHA-256 of a job's experiment in canonical JSON, as `experiments` of a policy names it. */
export function experimentHash({ experiment }: Pick<Job, "experiment">): Sha256 {
  return createHash("sha256").update(canonicalJson(experiment)).digest("hex");
}

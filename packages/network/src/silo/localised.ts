import { join, posix } from "node:path";
import type { Experiment } from "@atoll/node/experiment";
import { fileNameOf } from "@atoll/node/runs";

interface Block {
  readonly privacy?: { readonly kind: string; readonly ledger?: string };
  readonly augmentation?: { readonly kind: string; readonly cache?: string };
}

/**
 * The experiment with the silo's own places in it: its data folder for `data.directory`, a file among its ledgers for
 * each ledger that a job names, and its own cache of answers. Names of ledgers stay apart, so that runs share the one
 * that they would share in one process.
 */
export function localised(
  experiment: Experiment,
  { folder, dataDirectory }: { readonly folder: string; readonly dataDirectory: string },
): Experiment {
  const ledgerOf = (name: string) => join(folder, "ledgers", fileNameOf(posix.normalize(name)));
  const own = <T extends Block>(block: T): T => {
    const { privacy, augmentation } = block;
    return {
      ...block,
      ...(privacy?.ledger !== undefined && {
        privacy: { ...privacy, ledger: ledgerOf(privacy.ledger) },
      }),
      ...(augmentation?.cache !== undefined && {
        augmentation: { ...augmentation, cache: undefined },
      }),
    };
  };
  const { data, methods } = experiment;
  return {
    ...own(experiment as Experiment & Block),
    methods: methods.map((entry) => (typeof entry === "string" ? entry : own(entry))),
    data: data.kind === "files" ? { ...data, directory: dataDirectory } : data,
  };
}

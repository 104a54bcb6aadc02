/** One problem of an experiment file: where, what was found, and the way out. */
export interface ExperimentIssue {
  /** `file:line:column`, or the `--set` that gave the value. */
  readonly at: string;
  /** Such as `data.clients.de.path`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Everything that is wrong with an experiment, at once. */
export class ExperimentError extends Error {
  readonly code = "EXPERIMENT_INVALID";
  readonly issues: readonly ExperimentIssue[];

  constructor(issues: readonly ExperimentIssue[]) {
    super(
      issues
        .map(({ at, path, message }) => `${at}  ${path === "" ? "" : `${path}: `}${message}`)
        .join("\n"),
    );
    this.name = "ExperimentError";
    this.issues = issues;
  }
}

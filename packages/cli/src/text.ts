/** What the command says, in one place. */
export const text = {
  brief:
    "Train and compare federated recommendation models across markets whose data stay at home.",
  stopping: "Stopping after the rounds in flight; press Ctrl-C again to stop at once.",
  stopped: (directory: string, saved: readonly { seed: number; method: string; round: number }[]) =>
    [
      `Stopped. Finished methods are saved${saved.length > 0 ? `, and ${saved.map(({ method, seed, round }) => `${method} (seed ${seed}) at round ${round}`).join(", ")}` : ""}.`,
      `Continue with: atoll run --resume ${directory}`,
    ].join("\n"),
  done: (directory: string, report: string) => `Report   ${report}\nRun      ${directory}`,
  compareStopped: (directory: string, { finished, total }: { finished: number; total: number }) =>
    `Stopped. ${finished} of ${total} trainings are finished and saved.\nContinue with: atoll compare --resume ${directory}`,
  compareDone: (directory: string, report: string) =>
    `Report       ${report}\nComparison   ${directory}`,
  tuneStopped: (directory: string, finished: number) =>
    `Stopped. ${finished} finished trial${finished === 1 ? " is" : "s are"} saved.\nContinue with: atoll tune --resume ${directory}`,
  tuneDone: (directory: string, plot: string) => `Plot     ${plot}\nTune     ${directory}`,
  tuneBest: (path: string) => `Best     ${path} (atoll run ${path} reads the test rows)`,
  invalid: (file: string, count: number) =>
    `${file} has ${count} problem${count === 1 ? "" : "s"}:`,
  unexpected: "This is a fault of atoll, not of your data. Please report it with these lines:",
  initWrote: (path: string) => `Wrote ${path}. Check the roles it guessed, then: atoll run ${path}`,
  initExists: (path: string) =>
    `${path} exists; use --force to overwrite it, or --out for another name`,
} as const;

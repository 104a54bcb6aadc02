import { ONLY_TASK } from "../../data/index.ts";

/** The outputs of exported models and the columns of scores: `probability`, or one for each task. */
export function outputNames(tasks: readonly string[]): readonly string[] {
  return tasks.length === 1 && tasks[0] === ONLY_TASK
    ? ["probability"]
    : tasks.map((task) => `probability_${task}`);
}

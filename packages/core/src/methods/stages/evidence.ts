import { tasksOf, type TrainingData } from "../../data/index.ts";
import type { TrainReply } from "./train-reply.ts";

/** By task, the training rows that know its label, and the positive ones. */
export function evidenceOf({ train, schema }: TrainingData): NonNullable<TrainReply["tasks"]> {
  const tasks = tasksOf(schema);
  return Object.fromEntries(
    tasks.map((task, t) => {
      let rows = 0;
      let positives = 0;
      for (let i = 0; i < train.numRows; i++) {
        const label = train.label[i * tasks.length + t]!;
        if (label >= 0) rows += 1;
        if (label > 0) positives += 1;
      }
      return [task, { rows, positives }];
    }),
  );
}

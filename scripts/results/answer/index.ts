import { fedcctr } from "../fedcctr/index.ts";
import { fedmm } from "../fedmm/index.ts";
import type { Borrowed, Page } from "../page.ts";
import { pfMsmtrec } from "../pf-msmtrec/index.ts";
import { answerPage } from "./page.ts";
import { PROMISES, SETS } from "./sets.ts";

const PARTS = [fedmm, pfMsmtrec, fedcctr];

/** `<page>/<run>`. */
function borrowed(path: string): Borrowed {
  const [name, run] = path.split("/");
  return { page: PARTS.find((page) => page.name === name)!, run: run! };
}

/** One page over the comparisons of all three methods, which has no runs of its own. */
export const answer: Page = {
  name: "answer",
  runs: [],
  borrows: [...SETS.map(({ run }) => run), PROMISES.run].map(borrowed),
  needed: [PROMISES.run],
  files: (finished) => ({ "answer.md": answerPage(finished) }),
};

import { AtollError } from "@atoll/core/errors";
import {
  createRequestModel,
  HISTORY_COLUMN,
  knownBy,
  outputNames,
  readRequest,
  type ReadOptions,
  type Seen,
} from "@atoll/core/serving";
import { onnxExecutor } from "../../executor/index.ts";
import { refuseTaken } from "../refuse-taken.ts";
import type { PredictOptions, PredictOutcome } from "../predict.ts";
import { openScores } from "../scores-file.ts";
import { RANK } from "../top.ts";
import { fileRequests, type FileRequest, type RequestColumns } from "./file-requests.ts";
import type { ServedRequests } from "./open-requests.ts";
import { requestsTable, type Asked } from "./requests-table.ts";

/** Candidates that are scored at once, unless one request's are more. */
const MOST_CANDIDATES = 2 ** 18;

/** Scores the requests of a file with what a population kept, list by list, in the file's order. */
export async function predictRequests(
  { client, kept, histories, domain, columns, daysPerUnit }: ServedRequests,
  { rows, out, top, keep, threads, signal, onRows }: PredictOptions,
): Promise<Pick<PredictOutcome, "rows" | "written" | "columns" | "seen" | "notes">> {
  const [probability] = outputNames(["label"]) as [string];
  const roles: RequestColumns = { user: columns.user!, item: columns.item!, time: columns.time! };
  const titles = keep ?? [roles.user, roles.item];
  refuseTaken(titles, top === undefined ? [probability] : [probability, RANK], client);
  const file = openScores(out);
  const executor = onnxExecutor({ intraOpThreads: threads ?? 1 });
  const { profiles } = histories;
  const model = await createRequestModel(kept, { domain, profiles, executor });
  const known = knownBy(kept, histories);
  const read = { kept, known, domain, daysPerUnit };
  const counts = { numRows: 0, written: 0, alone: 0 };
  const seen = seenOf();
  const notes: string[] = [];
  const flush = async (asked: readonly Asked[]) => {
    if (asked.length === 0) return;
    const scores = await model.score(asked.map(({ request }) => request));
    const table = requestsTable(asked, scores, { titles, roles, probability, top, kept });
    counts.written += table.numRows;
    await file.write(table);
  };
  try {
    const source = {
      client,
      columns: roles,
      keep: titles.filter((name) => name !== roles.user && name !== roles.item),
      onMissing: (missing: readonly string[]) => {
        if (missing.includes(roles.item)) {
          if (top === undefined) throw withoutItems(client, roles.item);
          notes.push(
            `the rows have no column "${roles.item}": all items of ${client} that are not in a user's history are ranked`,
          );
        }
        if (missing.includes(roles.time))
          notes.push(
            `the rows have no column "${roles.time}": requests come after all known events, on the day after the last training event`,
          );
      },
      ...(signal && { signal }),
      ...(onRows && { onRows }),
    };
    let asked: Asked[] = [];
    let numCandidates = 0;
    for await (const one of fileRequests(rows, source)) {
      signal?.throwIfAborted();
      const request = readRequest(one, read);
      count(seen, one, read);
      counts.numRows += one.candidates?.length ?? 1;
      if (one.candidates?.length === 1) counts.alone += 1;
      if (numCandidates + request.candidates.length > MOST_CANDIDATES) {
        await flush(asked);
        [asked, numCandidates] = [[], 0];
      }
      asked.push({ file: one, request });
      numCandidates += request.candidates.length;
    }
    await flush(asked);
    if (counts.alone > 0 && kept.model?.loss === "sampled-softmax")
      notes.push(
        `a request's only candidate (${counts.alone.toLocaleString("en-US")} here) has the probability 1, whatever it is: name several, or leave the items out and add --top`,
      );
    await file.finish({
      [probability]: "DOUBLE",
      ...(top !== undefined && { [RANK]: "INTEGER" as const }),
    });
  } catch (error) {
    await file.discard();
    throw error;
  } finally {
    await model.close();
  }
  return {
    rows: counts.numRows,
    written: counts.written,
    columns: [...titles, ...(top === undefined ? [] : [RANK]), probability],
    seen,
    notes,
  };
}

function withoutItems(client: string, item: string): AtollError {
  return new AtollError(
    "DATA_MISSING_COLUMN",
    `client "${client}": the rows have no column "${item}"; name an item in each row, or add --top to rank all items for each request`,
  );
}

/** Counts of users, candidates and items of given histories, at first 0. */
function seenOf(): readonly Seen[] {
  return ["user", "item", HISTORY_COLUMN].map((feature) => ({
    feature,
    values: 0,
    unknown: 0,
    missing: 0,
  }));
}

function count(
  [users, items, history]: readonly Seen[],
  { user, history: whole, since, candidates }: FileRequest,
  { known, domain }: ReadOptions,
): void {
  const add = (counts: Seen, isKnown: boolean) => {
    counts.values += 1;
    if (!isKnown) counts.unknown += 1;
  };
  if (user === undefined) users!.missing += 1;
  else add(users!, known.userOf(user) >= 0);
  for (const id of candidates ?? []) add(items!, known.itemOf(domain, id) >= 0);
  for (const text of [...whole, ...since]) add(history!, known.markedItemOf(text, domain) >= 0);
}

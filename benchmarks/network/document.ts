import {
  quantile,
  type FleetRow,
  type FuzzRow,
  type NetworkResults,
  type OverheadRow,
  type UploadRow,
} from "./results.ts";

const GOAL_SECONDS = 1.5;
const GOAL_MS = 50;

export const markdownTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string =>
  [head, head.map((_, i) => (i < 2 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

const grouped = <Row>(rows: readonly Row[], keyOf: (row: Row) => string): (readonly Row[])[] => [
  ...Map.groupBy(rows, keyOf).values(),
];

/** The median, and from the least to the most. */
function spread(values: readonly number[], digits: number): string {
  const show = (value: number) => value.toFixed(digits);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${show(quantile(values, 0.5))} (${show(least)} to ${show(most)})`;
}

const verdict = (isMet: boolean) => (isMet ? "met" : "not met");

function uploads(rows: readonly UploadRow[]): string {
  const groups = grouped(rows, ({ carrier, clients }) => `${carrier} ${clients}`);
  const perClient = (group: readonly UploadRow[]) =>
    group.map(({ wallSeconds, clients }) => wallSeconds / clients);
  const most = Math.max(...rows.map(({ clients }) => clients));
  const goals = groups
    .filter(([first]) => first!.clients === most)
    .map((group) => {
      const seconds = quantile(perClient(group), 0.5);
      return `${group[0]!.carrier} ${seconds.toFixed(2)} s: ${verdict(seconds <= GOAL_SECONDS)}`;
    });
  const left = rows.some(({ carrier }) => carrier === "NATS")
    ? ""
    : "\n\nNATS is left out: this machine has no nats-server.";
  const peak = (group: readonly UploadRow[], of: (row: UploadRow) => number) =>
    String(Math.round(quantile(group.map(of), 0.5)));
  return `## Updates of 100 MB

All clients have an answer of 25 arrays of a million 32-bit numbers ready, and send it at the same moment; each is a
process of its own. Seconds per client are the wall time until all had their word that it counts, by the number of
clients. A round begins with the request, of the same size, which all fetch at once. Memory is the most that was resident in
the server: before the first byte came, while answers came in and were checked, and while they were joined.

Goal, with ${most} clients: at most ${GOAL_SECONDS} s per client. ${goals.join("; ")}.${left}

${markdownTable(
  [
    "carrier",
    "clients",
    "s per client",
    "slowest client, s",
    "request fetched, s",
    "server CPU, s",
    "before, MiB",
    "receiving, MiB",
    "joining, MiB",
  ],
  groups.map((group) => [
    group[0]!.carrier,
    String(group[0]!.clients),
    spread(perClient(group), 2),
    spread(
      group.map(({ slowestSeconds }) => slowestSeconds),
      1,
    ),
    spread(
      group.map(({ fetchSeconds }) => fetchSeconds),
      1,
    ),
    spread(
      group.map(({ cpuSeconds }) => cpuSeconds),
      1,
    ),
    peak(group, ({ beforeMiB }) => beforeMiB),
    peak(group, ({ receivingMiB }) => receivingMiB),
    peak(group, ({ aggregatingMiB }) => aggregatingMiB),
  ]),
)}`;
}

function overheads(rows: readonly OverheadRow[]): string {
  const groups = grouped(
    rows,
    ({ record, clients, checkpointSeconds }) => `${record} ${clients} ${checkpointSeconds}`,
  );
  const medians = (group: readonly OverheadRow[]) => group.map(({ ms }) => quantile(ms, 0.5));
  const goals = groups
    .filter(([first]) => first!.checkpointSeconds > 0)
    .map((group) => {
      const { record, clients } = group[0]!;
      const ms = quantile(medians(group), 0.5);
      return `${record}, ${clients} ${clients === 1 ? "silo" : "silos"}, ${ms.toFixed(0)} ms: ${verdict(ms <= GOAL_MS)}`;
    });
  return `## What a round takes

400 numbers go down and up; silos answer at once, over HTTPS with mutual TLS. A round is everything from the method asking
for it to its asking for the next: requests stored and recorded, orders polled, fetched, answered, uploaded, checked,
recorded, joined, and a checkpoint where one is due. Silos share two processes, on the same machine as the server.

Goal: at most ${GOAL_MS} ms. ${goals.join("; ")}.

${markdownTable(
  [
    "record",
    "checkpoints",
    "silos",
    "median, ms",
    "90th percentile, ms",
    "fastest tenth, ms",
    "server CPU, ms",
  ],
  groups.map((group) => [
    group[0]!.record,
    group[0]!.checkpointSeconds === 0
      ? "each round"
      : `every ${group[0]!.checkpointSeconds} s, as by default`,
    String(group[0]!.clients),
    spread(medians(group), 0),
    spread(
      group.map(({ ms }) => quantile(ms, 0.9)),
      0,
    ),
    spread(
      group.map(({ ms }) => quantile(ms, 0.1)),
      0,
    ),
    spread(
      group.map(({ cpuMs }) => cpuMs),
      0,
    ),
  ]),
)}`;
}

function fleet(row: FleetRow): string {
  const { ms, counted, silent, failed, wrong, twice, late, retries, residentMiB, liveMiB } = row;
  const resident = (part: number) => Math.round(residentMiB[Math.floor(part)]!);
  return `## A fleet that fails

200 registered clients in 4 processes, 50 of them asked in each of 100 rounds, HTTPS, SQLite. Of the requests 10 % go wrong by
lot: no answer, a failure, or numbers that are none; of the answers 5 % are given twice. A round closes with 90 % of its
answers, after two seconds with half of them, or once nobody is left to wait for.

All ${ms.length} rounds ended, and the audit log, whose chain is whole, says of every round what the server counted: each
answer once, of clients that were asked; everybody else was dropped. What the server has in use does
not grow with the rounds, but for the nonces of ten minutes, which it remembers so that no call is answered twice.

${markdownTable(
  ["what", "", "number"],
  [
    ["answers counted", "", String(counted)],
    ["requests without an answer", "", String(silent)],
    ["failures reported", "", String(failed)],
    ["wrong answers refused", "", String(wrong)],
    ["answers given twice, counted once", "", String(twice)],
    ["answers too late", "", String(late)],
    ["calls that were made again", "", String(retries)],
    [
      "round, ms",
      "median (90th percentile)",
      `${quantile(ms, 0.5).toFixed(0)} (${quantile(ms, 0.9).toFixed(0)})`,
    ],
    [
      "server, MiB in use",
      "after rounds 10, 50, 100",
      liveMiB.map((mib) => mib.toFixed(1)).join(", "),
    ],
    [
      "server, MiB resident",
      "after rounds 10, 50, 100",
      `${resident(9)}, ${resident(49)}, ${resident(ms.length - 1)}`,
    ],
  ],
)}`;
}

function fuzz(rows: readonly FuzzRow[]): string {
  const of = (outcomes: FuzzRow["outcomes"]) =>
    Object.entries(outcomes)
      .toSorted((a, b) => b[1] - a[1])
      .map(([name, count]) => `${name} ${count.toLocaleString("en-US")}`)
      .join(", ");
  return `## Made-up frames and messages

Frames: random bytes, frames that are damaged, and frames that lie under a right signature, thrown at a server. Messages:
damaged bytes, and headers with numbers that are not so, decoded from memory and from a disk, which must say the same. Nothing
but a refusal with its code may come of them.

${rows
  .map(
    ({ what, count, outcomes, seconds, earlyMiB, peakMiB }) =>
      `- **${count.toLocaleString("en-US")} ${what}** in ${seconds.toFixed(0)} s: no crash; ${Math.round(earlyMiB)} MiB resident after a tenth of them, never more than ${Math.round(peakMiB)}. ${of(outcomes)}.`,
  )
  .join("\n")}`;
}

/** docs/results/network.md. */
export function format(results: NetworkResults, numCores: number): string {
  const { machine, date, load, upload, overhead, fleet: ofFleet, fuzz: ofFuzz } = results;
  const loads = Object.entries(load).map(([name, value]) => `${name} ${value.toFixed(1)}`);
  const isBusy = Object.values(load).some((value) => value > numCores / 2);
  const sections = [
    upload && uploads(upload),
    overhead && overheads(overhead),
    ofFleet && fleet(ofFleet),
    ofFuzz && fuzz(ofFuzz),
  ].filter((section) => section !== undefined);
  return `# Across machines: speed

Made by \`node benchmarks/network/bench.ts\` on ${date}: ${machine}. Server and clients are processes of this one machine, over
loopback. Medians, with the least and the most of the repetitions, whose settings take turns. Load average when each part
began: ${loads.join(", ")}.${
    isBusy
      ? ` That is other work on ${numCores} cores, beside which these times were taken: on a machine that is free they are shorter.`
      : ""
  }

${sections.join("\n\n")}
`;
}

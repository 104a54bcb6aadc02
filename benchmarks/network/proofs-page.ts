import { markdownTable } from "./document.ts";
import type { EqualityRow, FaultProof, KillPass, Proofs } from "./proofs.ts";

/** The page of what was tried, and whether all of it came to the same numbers. */
export function proofsPage({ machine, kills, faults, equality }: Proofs): {
  readonly text: string;
  readonly isAllSame: boolean;
} {
  const isAllSame =
    (kills ?? []).every(({ problems }) => problems.length === 0) &&
    (faults?.rows ?? []).every(({ different }) => different === 0) &&
    (equality ?? []).every(({ verdict }) => verdict === "the same");
  const text = `# Proofs of deployment

Made by \`npm run prove:deployment\`: ${machine}. Server and silos are processes of this one machine. "The same" is
to the bit: the hash of every request and answer, every metric of every client in every round, bytes and traffic by stage
and array, epsilons after each release, and the global model that the server keeps. Small versions of all of it run in the
tests; [network.md](network.md) has times.

${[kills && killText(kills), faults && faultText(faults), equality && equalityText(equality)]
  .filter((part) => part !== undefined)
  .join("\n\n")}
`;
  return { text, isAllSame };
}

function killText(passes: readonly KillPass[]): string {
  const total = (of: (pass: KillPass) => number) => passes.reduce((sum, pass) => sum + of(pass), 0);
  const after = [...new Set(passes.flatMap((pass) => Object.keys(pass.after)))].toSorted();
  const ofNoise = [...Map.groupBy(passes, ({ noise }) => noise)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const rows = ofNoise.map(([noise, own]) => {
    const different = own.filter(({ problems }) => problems.length > 0);
    return [
      noise,
      own.at(-1)!.date,
      String(own.length),
      String(own.reduce((sum, pass) => sum + pass.kills, 0)),
      String(own.reduce((sum, pass) => sum + pass.messages, 0)),
      different.length === 0
        ? "the same"
        : different.map(({ problems }) => problems.join(", ")).join("; "),
    ];
  });
  return `## Killed on and on

A server and two silos are killed with \`kill -9\` and started again, each after so many of its transitions or at an
instant of the clock, until their run is over; then all that it came to is held against the same run in peace, with the same
secrets of noise. ${total(({ kills }) => kills)} kills, ${total(({ atRandom }) => atRandom)} of them at instants of the clock.

${markdownTable(["noise", "date", "runs", "kills", "messages compared", "against the run in peace"], rows)}

What the killed process had done last:

${markdownTable(
  ["process: its last transition", "kills"],
  after.map((name) => [name, String(total((pass) => pass.after[name] ?? 0))]),
)}`;
}

function faultText({ date, rows, kinds }: FaultProof): string {
  const told = Object.entries(kinds).map(([kind, count]) => `${kind} ${count}`);
  return `## Through a network that damages what passes

${date}: a federation of two silos runs through a proxy that damages connections at bytes that a seed decides, in every phase from
joining on. Faults by kind: ${told.length === 0 ? "none" : told.join(", ")}.

${markdownTable(
  ["carrier", "runs", "faults", "runs with other numbers, or without an end in three minutes"],
  rows.map(({ carrier, runs, faults, different }) => [
    carrier === "nats" ? "NATS" : "HTTPS",
    String(runs),
    String(faults),
    String(different),
  ]),
)}`;
}

function equalityText(rows: readonly EqualityRow[]): string {
  const areApart = rows.every(({ namespaces }) => namespaces);
  return `## Across machines and in one process

Each experiment runs twice: in one process, and with a server and its silos as processes of their own${areApart ? ", each silo in a network namespace of its own" : ""}.
Few rounds and one seed, as the question is whether bits agree, not what is learned. Real data sets are those of the examples
of the same name.

${markdownTable(
  [
    "experiment",
    "method",
    "data",
    "silos",
    "lines of metrics",
    "MB up",
    "kB of global model",
    "across silos",
    "date",
  ],
  rows.map((row) => [
    row.experiment,
    row.method,
    row.data,
    String(row.silos),
    String(row.lines),
    (row.bytesUp / 1e6).toFixed(2),
    row.modelBytes === 0 ? "none" : (row.modelBytes / 1e3).toFixed(1),
    row.verdict,
    row.date,
  ]),
)}`;
}

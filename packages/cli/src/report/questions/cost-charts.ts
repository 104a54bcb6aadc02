import { barChart, type BarSeries } from "../charts/bar-chart.ts";
import type { Chart, ChartData } from "../charts/chart.ts";
import type { Facts } from "../facts.ts";
import { bytes, byteUnitOf, count, duration, list, mean } from "../format.ts";
import { methodLabel } from "../labels.ts";

const NAMES = 9;
/** Colours that the theme knows. */
const COLOURS = 8;

/** What each method costs in one training: bytes, bytes by stage, rounds, time. */
export function costVariants(facts: Facts): ChartData["variants"] {
  const { methods } = facts.result;
  const of = (label: string, chart: Chart | undefined) =>
    chart === undefined ? [] : [{ of: [label], chart }];
  return [
    ...of("bytes", bytesChart(facts)),
    ...of("bytes by stage", stageChart(facts)),
    ...of(
      "rounds",
      simple(facts, { axis: "rounds", value: (name) => methods[name]!.rounds, text: mean }),
    ),
    ...of(
      "time",
      simple(facts, { axis: "seconds", value: (name) => methods[name]!.seconds, text: duration }),
    ),
  ];
}

function bytesChart(facts: Facts): Chart {
  const { methods } = facts.result;
  const unit = byteUnitOf(
    Math.max(...facts.methods.flatMap((name) => Object.values(methods[name]!.bytes))),
  );
  const series = (["up", "down"] as const).map((way, i): BarSeries => ({
    name: way === "up" ? "up, from clients" : "down, to clients",
    colour: i === 0 ? "var(--s1)" : "var(--s0)",
    bars: facts.methods.map((name) => ({
      value: methods[name]!.bytes[way] / unit.size,
      tip: `${methodLabel(name)}\n${bytes(methods[name]!.bytes[way])} ${way}`,
    })),
  }));
  return {
    ...barChart({ rows: facts.methods.map(methodLabel), series, axis: unit.name }),
    summary: `Bytes in one training, all clients together, up and down: ${list(
      facts.methods.map((name) => {
        const { up, down } = methods[name]!.bytes;
        return `${methodLabel(name)} ${bytes(up)} and ${bytes(down)}`;
      }),
      NAMES,
    )}.`,
  };
}

/** Both directions of every stage, of federated methods with more than one stage. */
function stageChart(facts: Facts): Chart | undefined {
  const { methods } = facts.result;
  const having = facts.federated.filter((name) => (methods[name]!.stages ?? []).length > 0);
  const stages = [
    ...new Set(having.flatMap((name) => methods[name]!.stages!.map(({ stage }) => stage))),
  ];
  if (stages.length < 2) return undefined;
  const bytesOf = (name: string, wanted: string) =>
    methods[name]!.stages!.filter(({ stage }) => stage === wanted).reduce(
      (sum, { bytesUp, bytesDown }) => sum + bytesUp + bytesDown,
      0,
    );
  const total = (name: string) => stages.reduce((sum, stage) => sum + bytesOf(name, stage), 0);
  const unit = byteUnitOf(Math.max(...having.map(total)));
  return {
    ...barChart({
      rows: having.map(methodLabel),
      axis: `${unit.name}, up and down`,
      stacked: true,
      series: stages.map((stage, i) => ({
        name: stage,
        colour: `var(--s${1 + (i % COLOURS)})`,
        bars: having.map((name) => ({
          value: bytesOf(name, stage) / unit.size,
          tip: `${methodLabel(name)}\nstage ${stage}: ${bytes(bytesOf(name, stage))} up and down`,
        })),
      })),
    }),
    summary: `Bytes of federated methods by stage, up and down: ${list(
      having.map((name) => {
        const most = stages.reduce((a, b) => (bytesOf(name, b) > bytesOf(name, a) ? b : a));
        return `${methodLabel(name)} ${bytes(total(name))}, most in the stage ${most}`;
      }),
      NAMES,
    )}.`,
  };
}

interface Simple {
  readonly axis: string;
  readonly value: (name: string) => number;
  readonly text: (value: number) => string;
}

function simple(facts: Facts, { axis, value, text }: Simple): Chart {
  const told = (name: string) =>
    axis === "rounds" ? `${text(value(name))} rounds` : text(value(name));
  return {
    ...barChart({
      rows: facts.methods.map(methodLabel),
      axis,
      series: [
        {
          name: axis,
          colour: "var(--s1)",
          bars: facts.methods.map((name) => ({
            value: value(name),
            tip: `${methodLabel(name)}\n${told(name)}`,
          })),
        },
      ],
    }),
    summary: `One training: ${list(
      facts.methods.map((name) => `${methodLabel(name)} ${told(name)}`),
      NAMES,
    )}${axis === "rounds" ? ", means over seeds" : ` of wall-clock time, ${count(facts.result.seeds.length)} seeds`}.`,
  };
}

import { beforeAll, describe, expect, test } from "vitest";
import { jaxExecutor, type LoadedProgram } from "../../tensor/index.ts";
import fixtures from "./__fixtures__/idst-cl.json" with { type: "json" };
import { idstCl, type IdstClSettings } from "./idst-cl.ts";
import { crossDomainCases, distance, loadCase } from "./reference.laws.ts";

type Data = Readonly<Record<string, readonly number[]>>;
type Outputs = Readonly<Record<string, readonly number[]>>;

/** Three domains, public vectors and learned rows, learned request weights, augmented sequences. */
const example = crossDomainCases(fixtures)[1]!;
const { sizes, data, programOf } = loadCase(example, (settings) =>
  idstCl(settings as unknown as IdstClSettings),
);
const rows = ["ownRows", "negativeRows"];

const programs: LoadedProgram[] = [];
beforeAll(async () => {
  for (const clipped of [false, true]) programs.push(await jaxExecutor().load(programOf(clipped)));
  return async () => {
    for (const program of programs) await program.release();
  };
});

async function run(given: Data, { bound }: { readonly bound?: number } = {}): Promise<Outputs> {
  const loaded = programs[bound === undefined ? 0 : 1]!;
  const all: Data = { ...given, ...(bound !== undefined && { bound: [bound] }) };
  const outputs = await loaded.run(
    Object.fromEntries(
      loaded.program.inputs.map(({ name }) => [name, Float32Array.from(all[name]!)]),
    ),
  );
  return Object.fromEntries(
    Object.entries(outputs).map(([name, values]) => [name, Array.from(values)]),
  );
}

/** Arrays with a place for every user: all but parameters. */
const byUser = Object.keys(data).filter((name) => !name.startsWith("parameter:"));

/** The chunk with the users of the given places, in that order. */
function chosen(places: readonly number[]): Data {
  const moved = (values: readonly number[]) => {
    const size = values.length / sizes.users;
    return places.flatMap((u) => values.slice(u * size, (u + 1) * size));
  };
  return { ...data, ...Object.fromEntries(byUser.map((name) => [name, moved(data[name]!)])) };
}

const only = (u: number): Data => ({
  ...data,
  present: data["present"]!.map((there, v) => (v === u ? there : 0)),
});
const partOf = (values: readonly number[], u: number) => {
  const size = values.length / sizes.users;
  return values.slice(u * size, (u + 1) * size);
};
const gradientsOf = (outputs: Outputs) =>
  Object.keys(outputs).filter((name) => name.startsWith("gradient:"));

describe("clipping", () => {
  test("a bound that nobody reaches changes nothing", async () => {
    const [plain, clipped] = [await run(data), await run(data, { bound: 1e9 })];
    const names = Object.keys(plain);
    expect(Object.keys(clipped).filter((name) => name !== "norms")).toEqual(names);
    for (const name of names)
      expect(distance(clipped[name]!, plain[name]!), name).toBeLessThan(1e-5);
  });

  test("each user's gradient times min(1, bound / norm), added; rows are each user's own", async () => {
    const bound = 2;
    const clipped = await run(data, { bound });
    const factors = clipped["norms"]!.map((norm) => Math.min(1, bound / norm));
    expect(factors.filter((factor) => factor < 1)).toHaveLength(2);
    expect(factors.filter((factor) => factor === 1)).toHaveLength(sizes.users - 2);
    const alone = await Promise.all(factors.map((_, u) => run(only(u))));
    for (const name of gradientsOf(clipped)) {
      const parts = alone.map((outputs, u) => outputs[name]!.map((x) => factors[u]! * x));
      const sum = parts.reduce((a, b) => a.map((x, i) => x + b[i]!));
      expect(distance(clipped[name]!, sum), name).toBeLessThan(1e-5);
    }
  });

  test("the norm is over all parameters and all rows together", async () => {
    const { norms } = await run(data, { bound: 1 });
    for (const u of [0, 1, 2]) {
      const outputs = await run(only(u));
      const square = gradientsOf(outputs)
        .flatMap((name) => outputs[name]!)
        .reduce((sum, x) => sum + x * x, 0);
      expect(norms![u]! / Math.sqrt(square)).toBeCloseTo(1, 5);
    }
  });

  test("a model that compares users is refused", () => {
    const [, , , merged] = crossDomainCases(fixtures);
    const { programOf: of } = loadCase(merged!, (settings) => ({
      ...idstCl(settings as unknown as IdstClSettings),
      crossUser: true,
    }));
    expect(() => of(true)).toThrow(`model "idst-cl" compares users`);
    expect(() => of(false)).not.toThrow();
  });
});

describe("who else is in the chunk does not matter", () => {
  test.each([{}, { bound: 1 }])("%o", async (options) => {
    const places = [2, 0, 4, 1, 3];
    const [before, after] = [await run(data, options), await run(chosen(places), options)];
    places.forEach((u, place) => {
      for (const name of ["userLoss", ...rows.map((kind) => `gradient:${kind}`)])
        expect(partOf(after[name]!, place), name).toEqual(partOf(before[name]!, u));
    });
    const doubled = await run(chosen([0, 0, 4, 4, 4]), options);
    const single = await run(only(0), options);
    for (const name of gradientsOf(single).filter((kind) => !rows.includes(kind.slice(9))))
      expect(
        distance(
          doubled[name]!,
          single[name]!.map((x) => 2 * x),
        ),
        name,
      ).toBeLessThan(1e-6);
  });
});

test.each([{}, { bound: 1 }])(
  "users without anything: all is 0, nothing is NaN, %o",
  async (options) => {
    const nothing = Object.fromEntries(
      byUser.map((name) => {
        const value =
          name.endsWith("At") || ["merged", "domains", "augmented", "shuffled"].includes(name)
            ? -1
            : 0;
        return [name, data[name]!.map(() => value)];
      }),
    );
    const outputs = await run({ ...data, ...nothing, present: data["present"]! }, options);
    for (const [name, values] of Object.entries(outputs))
      expect(values.map(Math.abs), name).toEqual(values.map(() => 0));
  },
);

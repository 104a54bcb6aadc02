import { expect, test } from "vitest";
import { halved } from "../report/tune/result.fixture.ts";
import { tuneTable } from "./tune-table.ts";

test("a narrow table has each setting once under short names, and says what failed", () => {
  expect(tuneTable(halved, { colour: false, width: 60 })).toMatchInlineSnapshot(`
    "           Log loss  rounds  width  learningRate
    setting 3    0.4100       4     12         0.001
    setting 4    0.4500       4     16        0.0001
    setting 1    0.6000       2      4           0.1
    1 trial failed; tune.json says why"
  `);
});

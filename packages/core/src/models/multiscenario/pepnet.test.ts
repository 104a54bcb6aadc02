import fixtures from "../__fixtures__/pepnet.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

referenceLaws(fixtures, { slopes: false });

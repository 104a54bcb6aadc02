import fixtures from "../__fixtures__/stem.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

referenceLaws(fixtures, { slopes: false });

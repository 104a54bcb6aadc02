import fixtures from "../__fixtures__/xdeepfm.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

referenceLaws(fixtures);

import fixtures from "../__fixtures__/bert4rec.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

referenceLaws(fixtures);

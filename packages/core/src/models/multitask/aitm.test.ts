import fixtures from "../__fixtures__/aitm.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";
referenceLaws(fixtures);

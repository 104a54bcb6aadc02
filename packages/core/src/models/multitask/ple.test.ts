import fixtures from "../__fixtures__/ple.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

referenceLaws(fixtures);

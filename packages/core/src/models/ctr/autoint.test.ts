import fixtures from "../__fixtures__/autoint.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

referenceLaws(fixtures);

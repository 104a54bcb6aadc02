import fixtures from "../__fixtures__/shared-bottom.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

referenceLaws(fixtures);

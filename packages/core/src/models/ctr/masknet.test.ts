import fixtures from "../__fixtures__/masknet.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

referenceLaws(fixtures);

import fixtures from "./__fixtures__/models.json" with { type: "json" };
import { referenceLaws } from "./reference.laws.ts";

referenceLaws(fixtures);

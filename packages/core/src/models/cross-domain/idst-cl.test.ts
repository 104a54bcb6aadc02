import fixtures from "./__fixtures__/idst-cl.json" with { type: "json" };
import { idstCl, type IdstClSettings } from "./idst-cl.ts";
import { crossDomainLaws } from "./reference.laws.ts";

crossDomainLaws(fixtures, (settings) => idstCl(settings as unknown as IdstClSettings));

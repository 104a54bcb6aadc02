import { commandsPage } from "./docs-commands.ts";
import { errorsPage } from "./docs-errors.ts";
import { experimentPage, methodsPage, metricsPage, modelsPage, tunePage } from "./docs-pages.ts";

/** Every generated page of the reference, by its file's name. */
export async function generatedPages(): Promise<Readonly<Record<string, string>>> {
  return {
    "commands.md": await commandsPage(),
    "errors.md": errorsPage(),
    "experiment.md": experimentPage(),
    "methods.md": methodsPage(),
    "metrics.md": metricsPage(),
    "models.md": modelsPage(),
    "tune.md": tunePage(),
  };
}

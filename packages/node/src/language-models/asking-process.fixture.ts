/* Asks numbered questions until all are answered: node asking-process.fixture.ts BASE_URL STORE FIRST COUNT. */
import { parseYes, promptOf, settingsOf } from "./asking.fixture.ts";
import { askingModel } from "./asking.ts";
import { systemClock } from "./clock.ts";
import { serverCompleter } from "./server.ts";
import { openAnswers } from "./store.ts";

const [baseUrl, path, first, count] = process.argv.slice(2) as [string, string, string, string];
const settings = settingsOf({ baseUrl, concurrency: 4 });
const store = openAnswers(path);
const model = askingModel(settings, {
  store,
  completer: serverCompleter(settings, { apiKey: undefined }),
  model: "m",
  clock: systemClock,
  random: () => 0,
  signal: new AbortController().signal,
});
const numbers = Array.from({ length: Number(count) }, (_, i) => Number(first) + i);
await Promise.all(numbers.map((number) => model.ask(promptOf(`question ${number}`), parseYes)));
store.close();
process.stdout.write(JSON.stringify(model.tally().sequences));

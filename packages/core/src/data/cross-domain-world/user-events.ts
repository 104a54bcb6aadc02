import { normal, uniform, uniformBelow, type RandomStream } from "../../random/index.ts";
import { itemChooser } from "./choose.ts";
import type { CrossDomainConfig } from "./config.ts";
import { WIDTH, type DomainItems } from "./items.ts";
import { seasonOf, seasonTables } from "./seasons.ts";

/** What one user does; arrays are used again for the next. */
export interface UserEvents {
  readonly count: number;
  /** [count] by time. */
  readonly domain: Int32Array;
  readonly item: Int32Array;
  /** [count], milliseconds since the world's first day, whole and ascending. */
  readonly time: Float64Array;
  /** [count] */
  readonly season: Int32Array;
  /** [count * WIDTH]: what the user wanted when it chose. */
  readonly wanted: Float64Array;
}

/** What is left of the mark of an older item with each later one. */
const MEMORY = 0.5;
const MILLISECONDS_PER_DAY = 86_400_000;

/**
 * Draws users one after another. A user has interests that all domains share and interests of each domain,
 * and remembers its latest items of all domains:
 *
 *   wanted = taste (sqrt(s) shared + sqrt(1 - s) private) + sequence * (sum of .5^(age + 1) item),   s = sharedWeight
 *
 * with standard normal entries, so that <interests, topic> has variance 1.
 */
export function userSimulator(
  config: CrossDomainConfig,
  domains: readonly DomainItems[],
  topics: Float64Array,
): (stream: RandomStream) => UserEvents {
  const { events, sharedWeight, taste, sequence, days, activeDays, spread } = config;
  const choosers = domains.map((items) =>
    itemChooser({ items, tables: seasonTables(items, config), topics, spread }),
  );
  const shares = Object.values(config.domains).map(({ share }) => share);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const domain = new Int32Array(events.max);
  const item = new Int32Array(events.max);
  const time = new Float64Array(events.max);
  const season = new Int32Array(events.max);
  const wanted = new Float64Array(events.max * WIDTH);
  const interests = new Float64Array(domains.length * WIDTH);
  const memory = new Float64Array(WIDTH);
  // The last user that had an item, so that nothing is cleared from user to user.
  const owner = domains.map(({ count }) => new Int32Array(count).fill(-1));
  const has = owner.map((last) => (i: number) => last[i] === current);
  let current = -1;

  const drawInterests = (stream: RandomStream) => {
    const common = Float64Array.from({ length: WIDTH }, () => normal(stream));
    for (let at = 0; at < interests.length; at++)
      interests[at] =
        taste *
        (Math.sqrt(sharedWeight) * common[at % WIDTH]! +
          Math.sqrt(1 - sharedWeight) * normal(stream));
  };

  const drawTimes = (count: number, stream: RandomStream) => {
    const first = uniform(stream) * (days - activeDays);
    const times = time.subarray(0, count);
    for (let n = 0; n < count; n++)
      times[n] = Math.floor((first + uniform(stream) * activeDays) * MILLISECONDS_PER_DAY);
    times.sort();
    for (let n = 1; n < count; n++) times[n] = Math.max(times[n]!, times[n - 1]! + 1);
  };

  const drawDomain = (stream: RandomStream) => {
    let target = uniform(stream) * total;
    let x = 0;
    while (x < shares.length - 1 && target >= shares[x]!) target -= shares[x++]!;
    return x;
  };

  return (stream) => {
    current += 1;
    const count = events.min + uniformBelow(stream, events.max - events.min + 1);
    drawInterests(stream);
    drawTimes(count, stream);
    memory.fill(0);
    for (let n = 0; n < count; n++) {
      const x = drawDomain(stream);
      const now = wanted.subarray(n * WIDTH, (n + 1) * WIDTH);
      for (let w = 0; w < WIDTH; w++) now[w] = interests[x * WIDTH + w]! + sequence * memory[w]!;
      domain[n] = x;
      season[n] = seasonOf(time[n]! / MILLISECONDS_PER_DAY / days);
      const i = choosers[x]!({ wanted: now, season: season[n]!, has: has[x]!, stream });
      item[n] = i;
      owner[x]![i] = current;
      const { vector } = domains[x]!;
      for (let w = 0; w < WIDTH; w++)
        memory[w] = MEMORY * memory[w]! + (1 - MEMORY) * vector[i * WIDTH + w]!;
    }
    return { count, domain, item, time, season, wanted };
  };
}

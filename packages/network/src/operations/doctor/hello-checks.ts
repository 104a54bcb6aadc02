import { AtollError } from "@atoll/core/errors";
import { type Check, messageOf } from "../check.ts";

const SET_CLOCKS = "set the clocks of both machines, best by NTP";

export interface HelloAnswer {
  readonly version: number;
  readonly serverTimeMs: number;
}

/** What a hello to the server tells: whether client and server understand each other, and whether their clocks agree. */
export function helloChecks(options: {
  readonly hello: () => Promise<HelloAnswer>;
  readonly now: () => number;
  /** Default: a minute. Beyond five the server takes no calls. */
  readonly mostSkewMs?: number;
}): Check[] {
  const { hello, now, mostSkewMs = 60_000 } = options;
  const say = async () => {
    const askedMs = now();
    const answer = await hello();
    return { ...answer, askedMs, answeredMs: now() };
  };
  let said: ReturnType<typeof say> | undefined;
  const once = () => (said ??= say());
  return [
    {
      name: "protocol",
      run: async () => {
        try {
          const { version } = await once();
          return {
            ok: true,
            finding: `the server knows this client, and speaks version ${version}`,
          };
        } catch (error) {
          return {
            ok: false,
            finding: `the server does not take this client's calls: ${messageOf(error)}`,
            advice:
              "see the checks above; where they are well, ask the server's operator whether this client is enrolled",
          };
        }
      },
    },
    {
      name: "clock",
      run: async () => {
        let heard: Awaited<ReturnType<typeof say>>;
        try {
          heard = await once();
        } catch (error) {
          // A server does not greet whose clock is far off.
          if (error instanceof AtollError && error.code === "CLOCK_SKEW")
            return { ok: false, finding: error.message, advice: SET_CLOCKS };
          return { ok: false, finding: "not tried, as protocol failed" };
        }
        const { serverTimeMs, askedMs, answeredMs } = heard;
        // The server looked at its clock somewhere between the two.
        const aheadMs = askedMs - serverTimeMs;
        const behindMs = serverTimeMs - answeredMs;
        const skewMs = Math.max(0, aheadMs, behindMs);
        const seconds = (skewMs / 1000).toFixed(1);
        const side = aheadMs > behindMs ? "ahead of" : "behind";
        const finding =
          skewMs === 0
            ? "this machine's clock and the server's agree"
            : `this machine's clock is at least ${seconds} s ${side} the server's`;
        if (skewMs <= mostSkewMs) return { ok: true, finding };
        return { ok: false, finding, advice: SET_CLOCKS };
      },
    },
  ];
}

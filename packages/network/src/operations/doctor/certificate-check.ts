import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Check, messageOf } from "../check.ts";

const DAY_MS = 86_400_000;

/** Whether a certificate holds now, and for how long. */
export function certificateCheck(options: {
  readonly path: string;
  readonly now: () => number;
  /** With fewer days left something is wrong: it should have been renewed. Default: 7. */
  readonly leastDays?: number;
  /** What to do where it has expired, or is about to. */
  readonly advice: string;
}): Check {
  const { path, now, leastDays = 7, advice } = options;
  return {
    name: "certificate",
    run: async () => {
      let certificate: X509Certificate;
      try {
        certificate = new X509Certificate(await readFile(path));
      } catch (error) {
        return { ok: false, finding: `${path} is no certificate: ${messageOf(error)}`, advice };
      }
      const fromMs = Date.parse(certificate.validFrom);
      const toMs = Date.parse(certificate.validTo);
      const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
      if (now() < fromMs)
        return {
          ok: false,
          finding: `${path} holds from ${day(fromMs)} on, and this machine says ${day(now())}`,
          advice: "set this machine's clock, best by NTP",
        };
      if (now() >= toMs) return { ok: false, finding: `${path} expired on ${day(toMs)}`, advice };
      const days = Math.floor((toMs - now()) / DAY_MS);
      const finding = `${path} holds for ${days} more days, until ${day(toMs)}`;
      return days >= leastDays ? { ok: true, finding } : { ok: false, finding, advice };
    },
  };
}

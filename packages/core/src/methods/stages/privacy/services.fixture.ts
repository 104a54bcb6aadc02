import {
  memoryLedger,
  type AccountExport,
  type Ledger,
  type PrivacyServices,
} from "../../../privacy/index.ts";
import { streamOf } from "../../../random/index.ts";

/** Services of a test: noise that a seed stands for, and a ledger in memory. */
export interface TestServices extends PrivacyServices {
  /** Labels that noise was asked for, in order. */
  readonly labels: readonly string[];
}

export function testServices(
  accountName: string,
  {
    ledger = memoryLedger(),
    secret = 1,
  }: { readonly ledger?: Ledger; readonly secret?: number } = {},
): TestServices {
  const labels: string[] = [];
  return {
    labels,
    ledger,
    accountName,
    run: "test",
    noise: (label) => {
      labels.push(label);
      const stream = streamOf(secret, accountName, label);
      return (count) => {
        const words = Uint32Array.from({ length: Math.ceil(count / 4) }, () => stream.next());
        return new Uint8Array(words.buffer, 0, count);
      };
    },
  };
}

/** A ledger that tells of each account that was opened. */
export function watchedLedger() {
  const ledger = memoryLedger();
  const accounts = new Map<string, () => Promise<AccountExport>>();
  return {
    ledger: {
      account: async (name, budget) => {
        const account = await ledger.account(name, budget);
        accounts.set(name, account.read);
        return account;
      },
    } satisfies Ledger,
    read: async (name: string): Promise<AccountExport | undefined> => accounts.get(name)?.(),
  };
}

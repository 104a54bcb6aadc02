import { budgetOf, gaussian, release } from "../../../core/src/privacy/ledger/ledger.fixture.ts";
import { openLedger } from "./open-ledger.ts";

/*
 * A process that charges to one account, one release after another, and says on its standard output which
 * were accepted: `node charging.fixture.ts PATH NAME COUNT EPSILON`.
 */
const [path, name, count, epsilon] = process.argv.slice(2);
const account = await openLedger(path!).account("a", budgetOf({ epsilon: Number(epsilon) }));
for (let i = 0; i < Number(count); i++) {
  const id = `${name}/${i}`;
  const { kind } = await account.charge([
    release(id, gaussian(20)),
    release(`${id}b`, gaussian(30)),
  ]);
  if (kind === "charged") process.stdout.write(`${id}\n`);
}

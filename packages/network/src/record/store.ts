import type { Row, Sql } from "./types.ts";

export type Transaction = Pick<Sql, "query">;

/** What the functions of a record are made of. */
export interface Store {
  readonly read: (text: string, params?: readonly unknown[]) => Promise<readonly Row[]>;
  /** One transition: a transaction, and word of it once it is committed. */
  readonly change: <T>(name: string, work: (transaction: Transaction) => Promise<T>) => Promise<T>;
}

export function createStore(sql: Sql, onTransition: (name: string) => void): Store {
  return {
    read: (text, params) => sql.query(text, params),
    change: async (name, work) => {
      const result = await sql.transaction(work);
      onTransition(name);
      return result;
    },
  };
}

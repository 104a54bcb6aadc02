/** A carrier to one client: encoded requests go in, encoded replies come out. */
export interface ClientConnection {
  readonly name: string;
  readonly request: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

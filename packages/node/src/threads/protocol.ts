/** One call to a thread; its answer bears the same number. */
export interface NumberedCall<Call> {
  readonly number: number;
  readonly call: Call;
}

/** What a thread says without being asked. */
export interface Notice {
  readonly kind: "notice";
  readonly value: unknown;
}

export type NumberedAnswer =
  | { readonly number: number; readonly kind: "ok"; readonly value: unknown }
  | { readonly number: number; readonly kind: "failed"; readonly failure: Failure };

/** An error as plain data: classes do not survive a thread boundary. */
export interface Failure {
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
}

/** Bytes as PEM; two of them in one text follow each other. */
export function pemOf(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** The bytes of every block with this label, in their order; a damaged block is left out. */
export function dersOf(label: string, pem: string): Buffer<ArrayBuffer>[] {
  const block = new RegExp(
    `-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`,
    "g",
  );
  return [...pem.matchAll(block)].map(([, base64]) => Buffer.from(base64!, "base64"));
}

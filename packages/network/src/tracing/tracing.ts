import { type Attributes, type Span, SpanStatusCode, trace } from "@opentelemetry/api";

/** A server's round; a silo's computing, and sending its answer. */
export type SpanName = "round" | "compute" | "upload";

/**
 * Does the work inside of a span, `atoll.round` and the like; spans of work inside of it are its children. Costs next
 * to nothing until an SDK of OpenTelemetry is installed. A failure is told by its code alone: messages stay here.
 */
export async function traced<T>(
  name: SpanName,
  attributes: Attributes,
  work: (span: Pick<Span, "setAttribute" | "addEvent">) => Promise<T>,
): Promise<T> {
  const tracer = trace.getTracer("@atoll/network");
  return tracer.startActiveSpan(
    `atoll.${name}`,
    { attributes: prefixed(attributes) },
    async (span) => {
      try {
        return await work(span);
      } catch (error) {
        span.setAttribute("error.type", kindOf(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
  );
}

function prefixed(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`atoll.${name}`, value]),
  );
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : error.name;
}

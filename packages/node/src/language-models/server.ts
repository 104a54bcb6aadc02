import { chatCompleter, type Completer, type OpenAiSettings } from "@atoll/core/augmentation";

/** `chatCompleter` over this machine's network and clock. */
export function serverCompleter(
  settings: OpenAiSettings,
  { apiKey }: { readonly apiKey: string | undefined },
): Completer {
  return chatCompleter(settings, {
    fetch,
    apiKey,
    now: Date.now,
    timer: (ms, expire) => {
      const timer = setTimeout(expire, ms);
      return () => clearTimeout(timer);
    },
  });
}

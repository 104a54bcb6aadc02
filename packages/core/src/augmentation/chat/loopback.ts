/** Whether the address can only mean the machine itself: localhost, 127.0.0.0/8 or ::1. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  // The parser has brought 127.1, 0x7f000001 and the like to four decimal numbers.
  return (
    hostname === "localhost" ||
    hostname === "[::1]" ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}

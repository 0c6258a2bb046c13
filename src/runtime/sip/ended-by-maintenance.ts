/** Whether a `User-Agent` holds one of the parts that SipTransport lists, letter case aside. */
export function endsInMaintenance(userAgent: string, parts: readonly string[]): boolean {
  if (userAgent === '' || parts.length === 0) return false;
  const lower = userAgent.toLowerCase();
  return parts.some((part) => lower.includes(part.toLowerCase()));
}

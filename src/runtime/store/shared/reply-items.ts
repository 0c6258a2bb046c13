/** The items of a reply that is a list; none of any other. */
export function itemsOf(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}

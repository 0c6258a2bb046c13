/** What every lab server says of itself where a real one would name its product. */
export function standInFor(product: string): string {
  return `lab: stand-in, not a real ${product}`;
}

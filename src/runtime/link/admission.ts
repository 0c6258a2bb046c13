/** Bounds connections that have not proven who they are, in total and per address. */
export class Admission {
  readonly #most: number;
  readonly #mostPerAddress: number;
  readonly #byAddress = new Map<string, number>();
  #total = 0;

  constructor(most: number, mostPerAddress: number) {
    this.#most = most;
    this.#mostPerAddress = mostPerAddress;
  }

  /** Gives the way to free the place, safe to call twice; undefined when there is none. */
  enter(address: string): (() => void) | undefined {
    const here = this.#byAddress.get(address) ?? 0;
    if (this.#total >= this.#most || here >= this.#mostPerAddress) return undefined;
    this.#total += 1;
    this.#byAddress.set(address, here + 1);
    let left = false;
    return () => {
      if (!left) this.#leave(address);
      left = true;
    };
  }

  #leave(address: string): void {
    this.#total -= 1;
    const here = (this.#byAddress.get(address) ?? 1) - 1;
    if (here === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, here);
  }
}

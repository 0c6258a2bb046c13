/** A core as an edge sees it through its link. */
export interface CoreView {
  readonly name: string;
  readonly isDraining: boolean;
  readonly registrations: number;
}

/** A REGISTER that looks for a core. */
export interface RegisterWish {
  /** Where its Route or its present registration leads; undefined when it is new and says nothing. */
  readonly intended: string | undefined;
  /** Whether it refreshes a registration through `intended`. */
  readonly isRefresh: boolean;
  /** Whether its flow carries a call. */
  readonly hasCall: boolean;
  /** Whether the client follows when it is led elsewhere. */
  readonly isCapable: boolean;
  /** Where the load balance wants it. */
  readonly balanced: string | undefined;
}

/** The cores to try one after another, or why there is none. */
export type CoreOrder =
  | { readonly type: 'cores'; readonly names: readonly string[] }
  | { readonly type: 'draining' }
  | { readonly type: 'down' };

function byLoad(cores: readonly CoreView[]): readonly string[] {
  return cores
    .toSorted((a, b) => a.registrations - b.registrations || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

/**
 * Orders the cores whose links are up for a REGISTER. One that the client is bound to comes first, or, where it is down or in
 * maintenance mode, its peers do for a client that follows. One that does not follow cannot be led away with the registration
 * that it has, so its refresh is refused; it comes again as a new one, and what is new is served by any core. A draining core takes nobody, so that it is empty when its registrations have expired, except for a device that is on a call.
 */
export function orderCores(up: readonly CoreView[], adaptive: boolean, wish: RegisterWish): CoreOrder {
  const { intended, isRefresh, hasCall, isCapable, balanced } = wish;
  const bound = up.find(({ name }) => name === intended);
  if (bound !== undefined && hasCall) return { type: 'cores', names: [bound.name] };
  if (isRefresh && !(isCapable && adaptive)) {
    if (bound === undefined) return { type: 'down' };
    return bound.isDraining ? { type: 'draining' } : { type: 'cores', names: [bound.name] };
  }
  const serving = up.filter(({ isDraining }) => !isDraining);
  if (serving.length === 0) return { type: up.length > 0 ? 'draining' : 'down' };
  const names = byLoad(serving);
  const first = [balanced, intended].find((name) => name !== undefined && names.includes(name));
  return { type: 'cores', names: first === undefined ? names : [first, ...names.filter((name) => name !== first)] };
}

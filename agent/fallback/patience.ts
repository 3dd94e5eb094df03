/**
 * How long a caller is kept waiting for one provider. With another one behind it, not longer than people bear on a telephone;
 * a provider that is alone gets more time, because giving it up means an apology.
 */
export function patienceMs({ alone }: { readonly alone: boolean }): number {
  return alone ? 5_000 : 3_000;
}

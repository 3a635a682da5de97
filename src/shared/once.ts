/** What is made when it is first asked for and kept: a start that does not need it does not wait for it. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

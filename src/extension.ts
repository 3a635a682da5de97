/** Composition root: builds the extension's objects and registers them. */
export function activate(): void {
  // Filled as the first surfaces arrive.
}

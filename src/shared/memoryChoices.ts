/** What may be done about a computation that does not fit in memory. */
export type MemoryChoice =
  /** Set "batch" of the step to this. */
  | { readonly kind: 'batch'; readonly batch: number }
  /** Read the weights from disk again and again, layer by layer. */
  | { readonly kind: 'stream' }
  /** Compute on the processor, which reads the weights in their files. */
  | { readonly kind: 'cpu' };

/** As a sentence. */
export function choiceSentence(choice: MemoryChoice): string {
  switch (choice.kind) {
    case 'batch':
      return `Set "batch" of the step to ${choice.batch}.`;
    case 'stream':
      return 'Have its weights read from disk again and again, layer by layer: it works, and is slow.';
    case 'cpu':
      return 'Choose the device cpu, which reads the weights in their files.';
  }
}

/** The choices in what another process sent; what is none is left out. */
export function readChoices(value: unknown): MemoryChoice[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap((each): MemoryChoice[] => {
    const { kind, batch } = (each ?? {}) as { kind?: unknown; batch?: unknown };
    if (kind === 'stream' || kind === 'cpu') return [{ kind }];
    return kind === 'batch' && Number.isSafeInteger(batch) ? [{ kind, batch: batch as number }] : [];
  });
}

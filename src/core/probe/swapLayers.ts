import type { SwapMode } from '../../shared/vocabulary';

/** A swap at one layer, or one of the two untouched runs it is compared with. */
export type SwapVariant = number | 'source' | null;

/**
 * Whether layer `layer` of the variant reads the image's keys and values from the source image's run.
 * With the swap at layer l: `suffix` in [l, L) (equal to replacing hidden states at the input of l: the image precedes
 * the text and attention is causal), `single` in [l, l+1), `window` in [l, l+width), `prefix` in [0, l+1).
 * (arXiv 2602.12395, appendix D.2.1, is `suffix`; arXiv 2509.24791 is `single`.)
 */
export function readsSource(variant: SwapVariant, layer: number, mode: SwapMode, width: number): boolean {
  if (variant === null) return false;
  if (variant === 'source') return true;
  switch (mode) {
    case 'suffix':
      return layer >= variant;
    case 'single':
      return layer === variant;
    case 'window':
      return layer >= variant && layer < variant + width;
    case 'prefix':
      return layer <= variant;
  }
}

/**
 * Whether layers above a swapped one read the image's own keys and values: these have changed then, since the image's
 * tokens attend to each other, and the image's tokens are fed again. With `suffix` no such layer is left.
 */
export function readsImageAnew(mode: SwapMode): boolean {
  return mode !== 'suffix';
}

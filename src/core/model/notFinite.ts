/** Numbers overflowed on the way to the logits: what comes of them is no answer. In a wider type there may be one. */
export class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';

  constructor() {
    super('the logits are not finite: the weights or the numbers overflowed');
  }
}

import type { AttentionRow } from '../../shared/attentionResults';

/** An image token that has more than so many times the attention of the image's average token is a sink. */
const sinkFactor = 10;

/**
 * What one layer's attention says of the image.
 * @param received attention that each token of the sequence receives, summing to 1
 * @param imageTokens 1 where the prompt's token is an image's; the answer follows the prompt
 */
export function measureAttention(
  received: Float64Array,
  imageTokens: Uint8Array,
): Pick<AttentionRow, 'mass' | 'perToken' | 'sink' | 'imageSink' | 'patches' | 'largest'> {
  const onImage = received.subarray(0, imageTokens.length).filter((_, token) => imageTokens[token] === 1);
  let mass = 0;
  let largest = 0;
  for (const attention of onImage) {
    mass += attention;
    largest = Math.max(largest, attention);
  }
  const perToken = mass / onImage.length;
  let imageSink = 0;
  for (const attention of onImage) if (attention > sinkFactor * perToken) imageSink += attention;
  const patches = Uint8Array.from(onImage, (attention) => (largest > 0 ? Math.round((255 * attention) / largest) : 0));
  return { mass, perToken, sink: received[0]!, imageSink, patches: Buffer.from(patches).toString('base64'), largest };
}

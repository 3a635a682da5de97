/** A step of a file, or a run of it set aside, as a key of maps. */
export function keyOf(file: string, step: string): string {
  return `${step}\n${file}`;
}

export function fromKey(key: string): { file: string; step: string } {
  const cut = key.indexOf('\n');
  return { step: key.slice(0, cut), file: key.slice(cut + 1) };
}

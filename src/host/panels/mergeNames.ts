/** Names that the wizard makes: of hybrids, of folders, of steps. Pure. */

/** `name`, or with the first number behind it that makes it free: `name-2`. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
  return free;
}

/** A folder's name for a hybrid: what every file system takes, and short enough for each. */
export function folderName(hybrid: string): string {
  const safe = hybrid
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return safe === '' || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(safe) ? `hybrid-${safe}`.replace(/-$/, '') : safe;
}

/** An id for a step that writes or evaluates a hybrid. */
export function stepName(verb: 'write' | 'evaluate', hybrid: string, taken: ReadonlySet<string>): string {
  const plain = hybrid
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return freeName(plain === '' ? verb : `${verb}-${plain}`, taken);
}

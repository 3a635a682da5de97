/**
 * Random numbers for one thing with a name (a tensor, an answer), uniform in [0, 1) in steps of 2^-32: the same for the
 * same seed and name, whatever else is drawn, in whatever order. The generator is sfc32 (C. Doty-Humphrey, PractRand), its state a hash of both.
 * @param seed a whole number, not negative
 */
export function namedRandom(seed: number, name: string): () => number {
  const low = seed >>> 0;
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  let a = hash(name, low, 0x9e3779b9);
  let b = hash(name, high, 0x243f6a88);
  let c = hash(name, low ^ high, 0xb7e15162);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 16; i++) next(); // the first numbers still show the state they began with
  return next;
}

/** FNV-1a over the name with MurmurHash3's finaliser. */
function hash(name: string, seed: number, salt: number): number {
  let h = (0x811c9dc5 ^ mixed(seed ^ salt)) | 0;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return mixed(h ^ salt);
}

function mixed(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

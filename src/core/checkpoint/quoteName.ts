/** Characters that would change what stands around them: controls, direction overrides, invisible ones. */
const deceptive = /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const longest = 120;

/** A name from an untrusted file as messages show it: quoted, escaped, at most 120 characters of it. */
export function quoteName(name: string): string {
  const shown = name.length > longest ? `${name.slice(0, longest)}…` : name;
  return JSON.stringify(shown).replace(deceptive, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

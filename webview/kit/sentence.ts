/** A message as a sentence begins: those of errors begin small, to stand behind a colon too. Names stay as they are. */
export function sentence(text: string): string {
  return text.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase());
}

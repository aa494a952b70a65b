// Words as bash, zsh and fish take them literally.

/** In single quotes; fish reads the backslash that ends the quotes for a while as well as the others do. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

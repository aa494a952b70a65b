// Paths as one reads them.

/**
 * The absolute path of `name` opened relative to `directory`, which has no symbolic links in it. `.`, `//` and
 * leading `..` are resolved; a `..` after a name stays, since that name may be a symbolic link.
 */
export function joinPath(directory: string, name: string): string {
  if (name.startsWith('/') || directory === '') return name
  const parts = directory.split('/').filter((part) => part !== '')
  let leading = true
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && leading) parts.pop()
    else {
      leading = false
      parts.push(part)
    }
  }
  return `/${parts.join('/')}`
}

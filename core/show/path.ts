// Paths as one reads them.

/** A file's path as the kernel side sends it (bpf-src/lib/file_path.bpf.h). */
export interface FilePath {
  path: string
  pathCut: boolean
  pathOutside: boolean
}

/** The path as one reads it, with what it lacks. */
export function filePath({ path, pathCut, pathOutside }: FilePath): string {
  // As getcwd(3) says of a directory that cannot be reached from the process's root.
  if (pathOutside) return `(unreachable)${path}`
  return pathCut ? `…${path}` : path
}

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

// snoopkit completion SHELL: a script made of the declarations, which asks nothing of Node when it completes.
import type { Tool } from '../tool.js'
import { renderBash } from './bash.js'
import { renderFish } from './fish.js'
import { completed } from './model.js'
import { renderZsh } from './zsh.js'

const renderers = { bash: renderBash, zsh: renderZsh, fish: renderFish }

/** The script for a shell, for all of these tools and the umbrella. */
export function completionScript(shell: keyof typeof renderers, tools: readonly Tool[]): string {
  return renderers[shell](completed(tools))
}

// What container runtimes note of their containers in state files: names, and of Kubernetes pod and namespace. No daemon
// is asked. Whatever cannot be read is not known.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface RuntimeNames {
  name?: string
  pod?: string
  namespace?: string
}

const OVERLAY = 'storage/overlay-containers'

export class RuntimeState {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  /** By a container's 64 hex digits; `path`, of its cgroup, tells whose rootless podman it is. */
  find(id: string, path: string): RuntimeNames | undefined {
    return this.#docker(id) ?? this.#containerd(id) ?? this.#crio(id) ?? this.#podman(id, path)
  }

  /** Containers of docker, running or not, by name: their IDs. */
  dockerContainers(): { id: string; name: string }[] {
    return this.#list('var/lib/docker/containers').flatMap((id) => {
      const name = this.#docker(id)?.name
      return name === undefined || !/^[0-9a-f]{64}$/.test(id) ? [] : [{ id, name }]
    })
  }

  #docker(id: string): RuntimeNames | undefined {
    const name = text(this.#json(`var/lib/docker/containers/${id}/config.v2.json`), 'Name')
    return name === undefined ? undefined : { name: name.replace(/^\//, '') }
  }

  #containerd(id: string): RuntimeNames | undefined {
    const folder = 'run/containerd/io.containerd.runtime.v2.task'
    for (const namespace of this.#list(folder)) {
      const annotations = member(this.#json(`${folder}/${namespace}/${id}/config.json`), 'annotations')
      const names = {
        name: text(annotations, 'io.kubernetes.cri.container-name') ?? text(annotations, 'nerdctl/name'),
        pod: text(annotations, 'io.kubernetes.cri.sandbox-name'),
        namespace: text(annotations, 'io.kubernetes.cri.sandbox-namespace'),
      }
      if (isPause(annotations)) names.name ??= 'pause'
      if (hasAny(names)) return defined(names)
    }
    return undefined
  }

  #crio(id: string): RuntimeNames | undefined {
    const annotations = member(
      this.#json(`run/containers/${OVERLAY}/${id}/userdata/config.json`),
      'annotations',
    )
    const names = {
      name: text(annotations, 'io.kubernetes.container.name'),
      pod: text(annotations, 'io.kubernetes.pod.name'),
      namespace: text(annotations, 'io.kubernetes.pod.namespace'),
    }
    return hasAny(names) ? defined(names) : undefined
  }

  #podman(id: string, path: string): RuntimeNames | undefined {
    const uid = /(?:^|\/)user-([0-9]+)\.slice(?:\/|$)/.exec(path)?.[1]
    const home = uid === undefined ? undefined : this.#homeOf(uid)
    const folders = ['var/lib/containers', ...(home === undefined ? [] : [`${home}/.local/share/containers`])]
    for (const folder of folders) {
      const all = this.#json(`${folder}/${OVERLAY}/containers.json`)
      const found = Array.isArray(all) ? all.find((one) => text(one, 'id') === id) : undefined
      const names = member(found, 'names')
      const name: unknown = Array.isArray(names) ? names[0] : undefined
      if (typeof name === 'string' && name !== '') return { name }
    }
    return undefined
  }

  #homeOf(uid: string): string | undefined {
    const lines = (this.#read('etc/passwd') ?? '').split('\n').map((line) => line.split(':'))
    return lines.find((fields) => fields[2] === uid)?.[5]
  }

  #json(path: string): unknown {
    try {
      return JSON.parse(this.#read(path) ?? '')
    } catch {
      return undefined
    }
  }

  #read(path: string): string | undefined {
    try {
      return readFileSync(join(this.#root, path), 'utf8')
    } catch {
      return undefined
    }
  }

  #list(path: string): string[] {
    try {
      return readdirSync(join(this.#root, path))
    } catch {
      return []
    }
  }
}

/** The container that holds a pod's namespaces has no name of its own. */
function isPause(annotations: unknown): boolean {
  return text(annotations, 'io.kubernetes.cri.container-type') === 'sandbox'
}

function member(value: unknown, key: string): unknown {
  const isObject = typeof value === 'object' && value !== null
  return isObject && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}

function text(value: unknown, key: string): string | undefined {
  const found = member(value, key)
  return typeof found === 'string' && found !== '' ? found : undefined
}

function hasAny(names: Record<string, string | undefined>): boolean {
  return Object.values(names).some((name) => name !== undefined)
}

function defined(names: Record<string, string | undefined>): RuntimeNames {
  return Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined))
}

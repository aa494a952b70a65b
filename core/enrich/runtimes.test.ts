// Names of containers from state files as the runtimes write them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { assert, suite } from '../testing/suite.js'
import { type Container, describe } from './containers.js'
import { RuntimeState } from './runtimes.js'

const ID = 'f4a9e7c1d2b308c55b1f0a6e4d7791c3e5f8b2a4d6e8f0123456789abcdef012'
const POD = '1f2e3d4c-5b6a-7988-a7b6-c5d4e3f20100'
const KUBE = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD.replaceAll('-', '_')}.slice`
const CONTAINERD = 'run/containerd/io.containerd.runtime.v2.task'
const OVERLAY = 'storage/overlay-containers'

const annotated = (annotations: Record<string, unknown>): string => JSON.stringify({ annotations })

const machines: [what: string, path: string, files: Record<string, string>, expected: Container][] = [
  [
    'docker',
    `/system.slice/docker-${ID}.scope`,
    { [`var/lib/docker/containers/${ID}/config.v2.json`]: '{"Name":"/web","ID":"x"}' },
    { container: 'web' },
  ],
  [
    'podman as root',
    `/machine.slice/libpod-${ID}.scope/container`,
    { [`var/lib/containers/${OVERLAY}/containers.json`]: `[{"id":"x"},{"id":"${ID}","names":["db"]}]` },
    { container: 'db' },
  ],
  [
    'podman of a user',
    `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`,
    {
      'etc/passwd': 'root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n',
      [`home/ann/.local/share/containers/${OVERLAY}/containers.json`]: `[{"id":"${ID}","names":["own"]}]`,
    },
    { container: 'own' },
  ],
  [
    'Kubernetes by containerd',
    `${KUBE}/cri-containerd-${ID}.scope`,
    {
      [`${CONTAINERD}/k8s.io/${ID}/config.json`]: annotated({
        'io.kubernetes.cri.container-name': 'app',
        'io.kubernetes.cri.sandbox-name': 'shop-7f',
        'io.kubernetes.cri.sandbox-namespace': 'prod',
      }),
    },
    { container: 'app', pod: 'shop-7f', namespace: 'prod' },
  ],
  [
    'the pause container of a pod',
    `${KUBE}/cri-containerd-${ID}.scope`,
    {
      [`${CONTAINERD}/k8s.io/${ID}/config.json`]: annotated({
        'io.kubernetes.cri.container-type': 'sandbox',
        'io.kubernetes.cri.sandbox-name': 'shop-7f',
        'io.kubernetes.cri.sandbox-namespace': 'prod',
      }),
    },
    { container: 'pause', pod: 'shop-7f', namespace: 'prod' },
  ],
  [
    'Kubernetes by CRI-O',
    `${KUBE}/crio-${ID}.scope`,
    {
      [`run/containers/${OVERLAY}/${ID}/userdata/config.json`]: annotated({
        'io.kubernetes.container.name': 'app',
        'io.kubernetes.pod.name': 'shop-7f',
        'io.kubernetes.pod.namespace': 'prod',
      }),
    },
    { container: 'app', pod: 'shop-7f', namespace: 'prod' },
  ],
  [
    'Kubernetes, where nothing can be read: the pod by its UID',
    `${KUBE}/cri-containerd-${ID}.scope`,
    {},
    { container: ID.slice(0, 12), pod: POD },
  ],
  [
    'Kubernetes by cgroupfs',
    `/kubepods/besteffort/pod${POD}/${ID}`,
    {},
    { container: ID.slice(0, 12), pod: POD },
  ],
  [
    'a static pod, whose UID is a hash',
    `/kubepods/pod${ID.slice(0, 32)}/${ID}`,
    {},
    { container: ID.slice(0, 12), pod: ID.slice(0, 32) },
  ],
  [
    'nerdctl',
    `/system.slice/nerdctl-${ID}.scope`,
    { [`${CONTAINERD}/default/${ID}/config.json`]: annotated({ 'nerdctl/name': 'cache' }) },
    { container: 'cache' },
  ],
  [
    'state that is no JSON',
    `/docker/${ID}`,
    { [`var/lib/docker/containers/${ID}/config.v2.json`]: '{"Name":' },
    { container: ID.slice(0, 12) },
  ],
  [
    'state of another shape',
    `/machine.slice/libpod-${ID}.scope`,
    {
      [`var/lib/docker/containers/${ID}/config.v2.json`]: '{"Name":["a"]}',
      [`${CONTAINERD}/k8s.io/${ID}/config.json`]: 'null',
      [`var/lib/containers/${OVERLAY}/containers.json`]: `[null,{"id":"${ID}","names":[""]}]`,
    },
    { container: ID.slice(0, 12) },
  ],
  [
    'a hostile name stays as it is, and is escaped where it is shown',
    `/docker/${ID}`,
    { [`var/lib/docker/containers/${ID}/config.v2.json`]: '{"Name":"/a\\u001b[2J"}' },
    { container: 'a\x1b[2J' },
  ],
]

suite('runtimes', (test) => {
  for (const [what, path, files, expected] of machines) {
    test(what, () => {
      const root = mkdtempSync(join(tmpdir(), 'runtimes-'))
      try {
        for (const [file, content] of Object.entries(files)) {
          mkdirSync(dirname(join(root, file)), { recursive: true })
          writeFileSync(join(root, file), content)
        }
        assert.equal(describe(path, new RuntimeState(root)), expected)
      } finally {
        rmSync(root, { recursive: true })
      }
    })
  }
})

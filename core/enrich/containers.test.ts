import { assert, suite } from '../testing/suite.js'
import { containerOf, containerOfPaths, describe } from './containers.js'
import { parseCgroups } from './proc-cgroup.js'
import { RuntimeState } from './runtimes.js'

/** A machine on which no runtime says anything. */
const silent = new RuntimeState('/nonexistent')
const containerOfPath = (path: string): string | undefined => describe(path, silent)?.container
const containerOfCgroups = (text: string): string | undefined =>
  containerOfPaths(parseCgroups(text).map(({ path }) => path))?.container

const A = 'f4a9e7c1d2b3'
const ID_A = `${A}08c55b1f0a6e4d7791c3e5f8b2a4d6e8f0123456789abcdef012`
const B = '0123456789ab'
const ID_B = `${B}cdef0123456789abcdef0123456789abcdef0123456789abcdef`
const POD = 'pod1f2e3d4c_5b6a_7988_a7b6_c5d4e3f20100'
const BURSTABLE = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-${POD}.slice`
const USER = '/user.slice/user-1000.slice/user@1000.service'

const paths: [runtime: string, path: string, expected: string | undefined][] = [
  ['docker by systemd', `/system.slice/docker-${ID_A}.scope`, A],
  ['docker by cgroupfs', `/docker/${ID_A}`, A],
  ['docker in docker', `/docker/${ID_A}/docker/${ID_B}`, B],
  ['a service inside a container', `/system.slice/docker-${ID_A}.scope/system.slice/nginx.service`, A],
  ['rootless docker', `${USER}/user.slice/docker-${ID_A}.scope`, A],
  ['podman', `/machine.slice/libpod-${ID_A}.scope/container`, A],
  ['rootless podman', `${USER}/user.slice/libpod-${ID_A}.scope/container`, A],
  ['podman by cgroupfs', `/libpod_parent/libpod-${ID_A}`, A],
  ["podman's monitor is in no container", `/machine.slice/libpod-conmon-${ID_A}.scope`, undefined],
  ['containerd by systemd', `${BURSTABLE}/cri-containerd-${ID_A}.scope`, A],
  ['containerd by cgroupfs', `/kubepods/besteffort/${POD.replaceAll('_', '-')}/${ID_A}`, A],
  [
    'containerd told wrongly',
    `/system.slice/containerd.service/kubepods-${POD}.slice:cri-containerd:${ID_A}`,
    A,
  ],
  ['CRI-O', `${BURSTABLE}/crio-${ID_A}.scope`, A],
  ['CRI-O with a cgroup inside', `${BURSTABLE}/crio-${ID_A}.scope/container`, A],
  ['a pod of its own', BURSTABLE, undefined],
  ['seen from another cgroup namespace', `/../../system.slice/docker-${ID_A}.scope`, A],
  ['ECS', `/ecs/0f1e2d3c4b5a69788796a5b4c3d2e1f0/${ID_A}`, A],
  ['LXC', '/lxc.payload.web1/system.slice/nginx.service', 'web1'],
  ['LXC 3', '/lxc.payload/web1', 'web1'],
  ['Proxmox', '/lxc/101/ns/system.slice/ssh.service', '101'],
  ['docker in LXC', `/lxc/101/ns/docker/${ID_A}`, A],
  ["LXC's monitor is in no container", '/lxc.monitor.web1', undefined],
  ['a unit', '/system.slice/nginx.service', 'nginx.service'],
  [
    'a unit made from a template',
    '/system.slice/system-postgresql.slice/postgresql@15-main.service',
    'postgresql@15-main.service',
  ],
  ['a unit with cgroups of its own', '/system.slice/ssh.service/workers/3', 'ssh.service'],
  ["a user's unit", `${USER}/app.slice/mpd.service`, 'mpd.service'],
  ["a user's session", '/user.slice/user-1000.slice/session-3.scope', undefined],
  ['a hex name too short', '/docker/f4a9e7c1d2b3', undefined],
  ['a hex name too long', `/docker/${ID_A}0`, undefined],
  ['hostile', '/lxc/a\x1b[2J b/x', 'a\x1b[2J b'],
  ['hostile unit', '/system.slice/a\x1b]0;x\x07.service', 'a\x1b]0;x\x07.service'],
  ['nothing but the ending', '/system.slice/.service', undefined],
  ['the root', '/', undefined],
  ['nothing', '', undefined],
]

suite('containers', (test) => {
  for (const [runtime, path, expected] of paths)
    test(runtime, () => assert.is(containerOfPath(path), expected))

  test('/proc/PID/cgroup: v2, v1, both, and a cgroup that is removed', () => {
    const hierarchies = (path: string): string =>
      `12:pids:${path}\n3:cpu,cpuacct:${path}\n1:name=systemd:${path}\n`
    assert.is(containerOfCgroups(`0::/system.slice/docker-${ID_A}.scope\n`), A)
    assert.is(containerOfCgroups(hierarchies(`/docker/${ID_A}`)), A)
    assert.is(containerOfCgroups(`${hierarchies(`/docker/${ID_A}`)}0::/system.slice/containerd.service\n`), A)
    assert.is(
      containerOfCgroups('4:memory:/\n1:name=systemd:/system.slice/ssh.service\n0::/\n'),
      'ssh.service',
    )
    assert.is(containerOfCgroups('0::/system.slice/nginx.service (deleted)\n'), 'nginx.service')
    assert.is(containerOfCgroups('0::/\n'), undefined)
  })

  test('a process that is gone', () => assert.is(containerOf(2 ** 22 + 1), undefined))
})

// The guest went down without the command having ended: a kernel's panic, or QEMU's failure.
export class GuestCrashed extends Error {
  override readonly name = 'GuestCrashed'
  // Whether the command may have run.
  readonly started: boolean
  // The last of the guest's console, or what QEMU said.
  readonly consoleTail: string

  constructor(started: boolean, consoleTail: string) {
    super(`the guest crashed ${started ? 'before the command ended' : 'while it booted'}`)
    this.started = started
    this.consoleTail = consoleTail
  }
}

// This machine cannot run guests; the message says what to install.
export class HostNotReady extends Error {
  override readonly name = 'HostNotReady'
}

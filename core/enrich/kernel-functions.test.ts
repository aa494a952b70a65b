import { assert, suite } from '../testing/suite.js'
import { KernelFunctions } from './kernel-functions.js'

const shown = new KernelFunctions(
  [
    'ffffffff81000000 T _stext',
    'ffffffff81a0b6f0 T tcp_v4_rcv',
    'ffffffff81a0c000 t tcp_v4_fill_cb',
    'ffffffff81a0b000 D tcp_prot',
    'ffffffffc0123000 t nft_do_chain\t[nf_tables]',
    '',
  ].join('\n'),
)

suite('functions of the kernel', (test) => {
  test('the last one that begins before the address', () => {
    assert.is(shown.find('ffffffff81a0b6f1'), 'tcp_v4_rcv')
    assert.is(shown.find('ffffffff81a0c000'), 'tcp_v4_rcv')
    assert.is(shown.find('ffffffff81a0b100'), '_stext')
    assert.is(shown.find('ffffffffc0123456'), 'nft_do_chain')
  })

  test('none before the first, and none where the addresses are hidden', () => {
    assert.is(shown.find('ffffffff80000000'), undefined)
    assert.is(new KernelFunctions('0000000000000000 T tcp_v4_rcv\n').find('ffffffff81a0b6f1'), undefined)
  })
})

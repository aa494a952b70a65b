import { assert, suite } from '../testing/suite.js'
import { joinPath } from './path.js'

suite('path', (test) => {
  test('an absolute name is itself', () => assert.is(joinPath('/srv', '/etc/../x'), '/etc/../x'))
  test('a relative name goes below the directory', () =>
    assert.is(joinPath('/srv/www', 'a/b'), '/srv/www/a/b'))
  test('the root directory adds nothing', () => assert.is(joinPath('/', 'a'), '/a'))
  test('leading dots are resolved', () => assert.is(joinPath('/srv/www', './../x'), '/srv/x'))
  test('never above the root', () => assert.is(joinPath('/a', '../../../x'), '/x'))
  test('dots behind a name stay: the name may be a symbolic link', () =>
    assert.is(joinPath('/srv', 'link/../x'), '/srv/link/../x'))
  test('doubled and trailing slashes go', () => assert.is(joinPath('/srv', 'a//b/.'), '/srv/a/b'))
})

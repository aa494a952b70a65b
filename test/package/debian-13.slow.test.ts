// The package on a clean Debian 13.
import { suite } from '../../core/testing/suite.js'
import { testCleanRoot } from './clean-root.js'

suite('Debian 13', (test) => testCleanRoot(test, 'trixie', '6.12'))

// The package on a clean Debian 11.
import { suite } from '../../core/testing/suite.js'
import { testCleanRoot } from './clean-root.js'

suite('Debian 11', (test) => testCleanRoot(test, 'bullseye', '5.10'))

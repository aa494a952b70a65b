#!/usr/bin/env node
// snoopkit: the command over all tools.
import { mainOf } from '../main.js'
import { UMBRELLA } from './tools.js'
import { runUmbrella } from './umbrella.js'

void mainOf(import.meta.url, UMBRELLA, runUmbrella)

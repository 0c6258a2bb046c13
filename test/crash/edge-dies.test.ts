import { testDeathOf } from './node-death.js';

testDeathOf('edge-1');

import { testDeathOf } from './node-death.js';

testDeathOf('core-2');

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Estate, newEstate } from '../../src/lab/estate/estate.js';
import { refuseUnscripted } from '../../src/lab/uc-server/lab-unified-cm.js';
import { systemClock } from '../../src/platform/clock.js';
import { activateByHand } from './activate-by-hand.js';
import { temporaryDirectory } from './lab-directory.js';
import { sourceProgram } from './source-program.js';

const patience = { attempts: 200, longestWaitMs: 60_000, unaskedWaitMs: 50 };
/** The link comes back in its own time; a test does not wait as long as a client is asked to. */
const hastyClock = { ...systemClock, sleep: () => systemClock.sleep(50) };
const directory = temporaryDirectory();
let estate: Estate;

before(async () => {
  estate = await newEstate({
    directory,
    users: [
      { userName: 'ada', password: 'engine' },
      { userName: 'bob', password: 'builder' },
    ],
    program: sourceProgram,
    environment: process.env,
    clock: systemClock,
    unifiedCmApart: true,
  });
  await estate.startNodes();
  await activateByHand(estate);
});

after(() => estate.stop());

test('a client signs in through real nodes and reads its devices from a real stand-in, all in processes of their own', async () => {
  const client = estate.newClient();
  const { operation } = await client.signIn();
  assert.equal(operation.outcome, 'ok', operation.error);
  const { answer } = await client.fetchUds('user/ada/devices');
  assert.match(answer?.body ?? '', /<name>CSFADA<\/name>/);
  refuseUnscripted((await estate.unifiedCm.record()).unscripted);
});

test('an edge that was killed serves again from what it had confirmed', async () => {
  await estate.node('edge-1').kill();
  const client = estate.newClient({ userName: 'bob', password: 'builder', patience, clock: hastyClock });
  assert.equal((await estate.newClient({ userName: 'bob', password: 'builder' }).signIn()).operation.outcome, 'error');
  await estate.node('edge-1').start();
  const { operation } = await client.signIn();
  assert.equal(operation.outcome, 'ok', operation.error);
});

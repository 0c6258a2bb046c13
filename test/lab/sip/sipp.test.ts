import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { freePort } from '../../../src/lab/estate/free-port.js';
import { isListening } from '../../../src/lab/estate/readiness.js';
import { SipSink } from '../../../src/lab/sip/load/load-sink.js';
import { runSipLoad } from '../../../src/lab/sip/load/sip-load.js';
import { type LabRegistrar, refuseUnscriptedSip } from '../../../src/lab/sip/registrar/lab-registrar.js';
import { systemClock } from '../../../src/platform/clock.js';
import { needProgram } from '../../debian-program.js';
import { temporaryDirectory } from '../lab-directory.js';
import { startRegistrar, ucHost } from './lab-sip.js';
import { PeerProgram } from './peers/program.js';

const sipp = needProgram('sipp');
const options = sipp === undefined ? { skip: 'sipp (Debian: sip-tester) is not installed' } : {};
const directory = temporaryDirectory();
const programs: PeerProgram[] = [];
let registrar: LabRegistrar | undefined;

afterEach(async () => {
  for (const program of programs.splice(0)) await program.stop();
  await registrar?.stop();
  registrar = undefined;
});

function start(target: number | undefined, ...args: readonly string[]): PeerProgram {
  const where = target === undefined ? [] : [`127.0.0.1:${target}`];
  const always = [
    '-i',
    '127.0.0.1',
    '-nostdin',
    '-timeout',
    '20',
    '-timeout_error',
    '-trace_err',
    '-error_file',
    'errors',
  ];
  const program = new PeerProgram(sipp ?? '', [...where, ...always, ...args], directory);
  programs.push(program);
  return program;
}

async function succeed(program: PeerProgram): Promise<void> {
  assert.equal(await program.end(), 0, program.output.slice(-3000));
}

function scenario(name: string): string {
  return join(import.meta.dirname, 'peers', `${name}.xml`);
}

function port(): Promise<number> {
  return freePort(['127.0.0.1'], new Set());
}

async function serve(): Promise<LabRegistrar> {
  const device = {
    name: 'CSFADA',
    number: '1001',
    security: 'digest',
    digestUser: 'ada-digest',
    digestPassword: 'secret',
  } as const;
  registrar = await startRegistrar({ devices: [device], settings: { notify: 'never' } });
  return registrar;
}

/** Registers devices with the contact ports they are reached at. */
async function register(uc: LabRegistrar, transport: string, devices: readonly (readonly [string, number])[]) {
  const file = join(directory, 'devices.csv');
  writeFileSync(file, ['SEQUENTIAL', ...devices.map(([name, at]) => `${name};${at}`), ''].join('\n'));
  const args = ['-sf', scenario('register'), '-inf', file, '-t', transport, '-p', String(await port())];
  await succeed(start(uc.ports.port, ...args, '-m', String(devices.length), '-r', '500'));
}

for (const [transport, name] of [
  ['t1', 'TCP'],
  ['u1', 'UDP'],
] as const) {
  test(`SIPp registers hundreds of devices over ${name} and is told 120 s`, options, async () => {
    const uc = await serve();
    await register(
      uc,
      transport,
      Array.from({ length: 300 }, (_, index) => [`sipp${index}`, 5060] as const),
    );
    assert.equal(await uc.registered(), 300);
    refuseUnscriptedSip(await uc.record());
  });

  test(`SIPp answers a digest challenge over ${name}`, options, async () => {
    const uc = await serve();
    const own = String(await port());
    await succeed(start(uc.ports.port, '-sf', scenario('register-digest'), '-t', transport, '-p', own, '-m', '1'));
    assert.equal((await uc.registrations())[0]?.device, 'CSFADA');
    const { byStatus } = (await uc.record()).counts;
    assert.deepEqual([byStatus['401'], byStatus['200']], [1, 1]);
  });

  test(`SIPp calls SIPp through the stand-in over ${name}, and is called by it`, options, async () => {
    const uc = await serve();
    const calleePort = await port();
    const callee = start(undefined, '-sn', 'uas', '-t', transport, '-p', String(calleePort), '-m', '6');
    if (transport === 't1') await callee.untilReady(() => isListening(calleePort));
    await register(uc, transport, [['bob', calleePort]]);
    const call = await uc.call('bob');
    assert.equal(call.state, 'answered');
    await uc.hangUp(call.id);
    const own = String(await port());
    await succeed(start(uc.ports.port, '-sn', 'uac', '-s', 'bob', '-t', transport, '-p', own, '-m', '5', '-r', '50'));
    assert.doesNotMatch(callee.output, /unexpected|aborting/i, callee.output);
    assert.equal((await uc.calls()).filter(({ end }) => end === 'bye').length, 6);
    refuseUnscriptedSip(await uc.record());
  });
}

const template = { registrar: ucHost, messageBytes: 1000 };

test('our load is answered by SIPp over TCP, every request of it', options, async () => {
  const at = await port();
  const answering = start(undefined, '-sf', scenario('answer-register'), '-t', 't1', '-p', String(at));
  await answering.untilReady(() => isListening(at));
  const flow = { protocol: 'TCP', host: '127.0.0.1', port: at } as const;
  const load = {
    target: flow,
    connections: 5,
    devices: 500,
    template,
    perSecond: 1000,
    requests: 500,
    clock: systemClock,
  };
  const report = await runSipLoad(load);
  assert.deepEqual([report.answered, [...report.failures]], [500, []], answering.output.slice(-2000));
});

test('SIPp is answered by our sink over TCP, every request of it', options, async () => {
  const sink = new SipSink();
  const at = await sink.start('127.0.0.1', 0);
  const file = join(directory, 'one.csv');
  writeFileSync(file, 'SEQUENTIAL\nload;5060\n');
  const own = String(await port());
  await succeed(start(at, '-sf', scenario('register'), '-inf', file, '-t', 't1', '-p', own, '-m', '500', '-r', '1000'));
  assert.deepEqual([sink.requests, sink.garbage], [500, 0]);
  await sink.stop();
});

test('a load checks its answers: a refusal, a silence and a lost connection are failures', async () => {
  const uc = await serve();
  await uc.setFault(ucHost, { type: 'status', status: 503 });
  const flow = { protocol: 'TCP', host: '127.0.0.1', port: uc.ports.port } as const;
  const load = {
    target: flow,
    connections: 2,
    template,
    perSecond: 1000,
    requests: 20,
    timeoutMs: 50,
    clock: systemClock,
  };
  const outcomes = [[...(await runSipLoad(load)).failures]];
  for (const type of ['hang', 'reset'] as const) {
    await uc.setFault(ucHost, { type });
    outcomes.push([...(await runSipLoad(load)).failures]);
  }
  assert.deepEqual(outcomes, [[['status 503', 20]], [['no answer in time', 20]], [['the connection ended', 20]]]);
});

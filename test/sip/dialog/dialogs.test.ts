import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byeTowards } from '../../../src/runtime/sip/dialog/dialog-bye.js';
import type { Dialog } from '../../../src/runtime/sip/dialog/dialog.js';
import type { DialogEnd } from '../../../src/runtime/sip/dialog/dialog.js';
import type { SideName } from '../../../src/runtime/sip/dialog/dialog-side.js';
import type { DialogWatcher } from '../../../src/runtime/sip/dialog/dialog-table.js';
import { ProxySite, type SiteOptions } from '../proxy/proxy-site.js';

type Ended = readonly [DialogEnd, SideName | undefined];

class Witness implements DialogWatcher {
  readonly confirmed: Dialog[] = [];
  readonly ended: Ended[] = [];
  survives = false;

  onConfirmed(dialog: Dialog): void {
    this.confirmed.push(dialog);
  }

  onEnded(_: Dialog, end: DialogEnd, lost: SideName | undefined): void {
    this.ended.push([end, lost]);
  }

  outlives(): boolean {
    return this.survives;
  }
}

const own = '<sip:proxy.example.com;lr>';

function talking(headers: readonly (readonly [string, string])[] = [], options: SiteOptions = {}) {
  const witness = new Witness();
  const site = new ProxySite({ watcher: witness, decision: { recordRoute: own }, ...options });
  site.client.request('INVITE', { headers: ['Record-Route: <sip:edge.example.com;lr>'] });
  site.settle();
  const routes = ['<sip:farther.example.com;lr>', '<sip:far.example.com;lr>', own, '<sip:edge.example.com;lr>'].map(
    (route) => ['record-route', route] as const,
  );
  site.server.answer(site.server.take('INVITE'), 200, [...routes, ['contact', '<sip:bob@198.51.100.1>'], ...headers]);
  site.settle();
  site.client.rest();
  return { site, witness };
}

function inDialog(site: ProxySite, method: string, cseq = 2): void {
  site.client.request(method, { toTag: 'b1', cseq, branch: `z9hG4bK-${method}-${cseq}` });
  site.settle();
}

test('a call counts from the 2xx of its INVITE on, and before it as one that is being set up', () => {
  const site = new ProxySite();
  site.client.request('INVITE');
  site.settle();
  assert.deepEqual([site.engine.dialogs.stats().settingUp, site.engine.dialogs.size], [1, 0]);
  site.server.answer(site.server.take('INVITE'), 200);
  site.settle();
  assert.deepEqual([site.engine.dialogs.stats().settingUp, site.engine.dialogs.size], [0, 1]);
  assert.equal(site.engine.dialogs.callsOver(site.clientHop), 1);
});

test('an INVITE that is refused, or finds nobody, never was a call', () => {
  const site = new ProxySite();
  site.client.request('INVITE');
  site.settle();
  site.server.answer(site.server.take('INVITE'), 404);
  site.settle();
  site.serverHops[0]?.close('gone');
  site.client.request('INVITE', { branch: 'z9hG4bK-2', callId: 'call-2' });
  site.settle();
  assert.deepEqual(site.engine.dialogs.stats(), {
    settingUp: 0,
    confirmed: 0,
    ended: { bye: 0, gone: 0, expired: 0, dropped: 0 },
    untracked: 0,
  });
});

test('a call ends with the answer to its BYE, whichever side sends it', () => {
  const { site, witness } = talking();
  site.server.request('BYE', { via: 'SIP/2.0/TCP 198.51.100.1;branch=z9hG4bK-b', fromTag: 'b1', toTag: 'a1' });
  site.settle();
  site.client.answer(site.client.take('BYE'), 200);
  site.settle();
  assert.deepEqual(witness.ended, [['bye', undefined]]);
  assert.equal(site.engine.dialogs.size, 0);
});

test('a challenged BYE does not end the call, an unanswered one does', () => {
  const { site, witness } = talking();
  inDialog(site, 'BYE');
  site.server.answer(site.server.take('BYE'), 407);
  site.settle();
  assert.equal(site.engine.dialogs.size, 1);
  inDialog(site, 'BYE', 3);
  site.clock.advance(33_000);
  assert.deepEqual(witness.ended, [['bye', undefined]]);
});

test('481 or 408 to a re-INVITE ends the call; 481 to a NOTIFY does not, nor 488 to a re-INVITE', () => {
  const { site, witness } = talking();
  inDialog(site, 'NOTIFY', 2);
  site.server.answer(site.server.take('NOTIFY'), 481);
  inDialog(site, 'INVITE', 3);
  site.server.answer(site.server.take('INVITE'), 488);
  site.settle();
  assert.equal(site.engine.dialogs.size, 1);
  inDialog(site, 'INVITE', 4);
  site.server.rest();
  assert.equal(site.engine.dialogs.stats().settingUp, 0);
  inDialog(site, 'UPDATE', 5);
  site.server.answer(site.server.take('UPDATE'), 481);
  site.settle();
  assert.deepEqual(witness.ended, [['gone', undefined]]);
});

test('each fork that answers is a call of its own', () => {
  const site = new ProxySite();
  site.client.request('INVITE');
  site.settle();
  const invite = site.server.take('INVITE');
  for (const tag of ['x', 'y', 'x']) site.server.answer(invite, 200, [], tag);
  site.settle();
  assert.equal(site.engine.dialogs.size, 2);
  site.client.request('BYE', { toTag: 'y', branch: 'z9hG4bK-y' });
  site.settle();
  site.server.answer(site.server.take('BYE'), 200);
  site.settle();
  assert.deepEqual(
    [...site.engine.dialogs.dialogs()].map(({ callee }) => callee.tag),
    ['x'],
  );
});

test('a session timer that is not refreshed ends the call, a refresh keeps it (RFC 4028)', () => {
  const { site, witness } = talking([['session-expires', '90;refresher=uac']]);
  site.clock.advance(80_000);
  inDialog(site, 'UPDATE');
  site.server.answer(site.server.take('UPDATE'), 200, [['session-expires', '90']]);
  site.clock.advance(100_000);
  assert.equal(site.engine.dialogs.size, 1);
  site.clock.advance(25_000);
  assert.deepEqual(witness.ended, [['expired', undefined]]);
});

test('a call without a session timer that nobody ends is forgotten after a day', () => {
  const { site, witness } = talking();
  site.clock.advance(23 * 3_600_000);
  assert.equal(site.engine.dialogs.size, 1);
  site.clock.advance(3_700_000);
  assert.deepEqual(witness.ended, [['expired', undefined]]);
});

test('a call whose path dies is counted as dropped, and the side that survives can be told with a BYE', () => {
  const { site, witness } = talking();
  inDialog(site, 'INFO', 41);
  site.server.rest();
  site.clientHop.close('reset');
  assert.deepEqual(witness.ended, [['dropped', 'caller']]);
  assert.equal(site.engine.dialogs.stats().ended.dropped, 1);
  const bye = byeTowards(witness.confirmed[0]!, 'callee', 'SIP;cause=503');
  assert.ok(bye !== undefined, 'no BYE');
  const answers: number[] = [];
  site.engine.send(bye, site.serverHops[0]!, {
    onResponse: ({ statusCode }) => answers.push(statusCode),
    onFailed: () => undefined,
  });
  site.settle();
  const received = site.server.take('BYE');
  assert.equal(received.requestUri, 'sip:bob@198.51.100.1');
  assert.deepEqual(received.values('route'), ['<sip:far.example.com;lr>', '<sip:farther.example.com;lr>']);
  assert.deepEqual(
    [received.fromTag, received.toTag, received.callId, received.cseqNumber],
    ['a1', 'b1', 'call-1', 42],
  );
  site.server.answer(received, 200);
  site.settle();
  assert.deepEqual(answers, [200]);
});

test('the BYE towards the caller goes along the proxies before us', () => {
  const { witness } = talking();
  const bye = byeTowards(witness.confirmed[0]!, 'caller');
  assert.ok(bye !== undefined, 'no BYE');
  assert.equal(bye.requestUri, 'sip:alice@192.0.2.1:5060');
  assert.deepEqual(bye.values('route'), ['<sip:edge.example.com;lr>']);
  assert.deepEqual([bye.fromTag, bye.toTag, bye.cseqNumber], ['b1', 'a1', 1]);
});

test('a path that can be opened again does not end its calls', () => {
  const { site, witness } = talking();
  witness.survives = true;
  site.serverHops[0]?.close('idle');
  assert.equal(site.engine.dialogs.size, 1);
  assert.deepEqual(witness.ended, []);
});

test('a call that a proxy behind us leads back through us counts once for each way', () => {
  const site = new ProxySite({ servers: 2 });
  const way = { via: 'SIP/2.0/TCP 198.51.100.2;branch=z9hG4bK-again' };
  site.client.request('INVITE');
  site.settle();
  site.servers[1]!.request('INVITE', way);
  site.settle();
  site.client.take(100);
  site.client.answer(site.client.take('INVITE'), 200);
  site.server.answer(site.server.take('INVITE'), 200);
  site.settle();
  assert.equal(site.engine.dialogs.size, 2);
  assert.equal(site.engine.dialogs.callsOver(site.serverHops[0]!), 1);
  assert.equal(site.engine.dialogs.callsOver(site.serverHops[1]!), 1);
  inDialog(site, 'BYE');
  site.server.answer(site.server.take('BYE'), 200);
  site.settle();
  assert.equal(site.engine.dialogs.callsOver(site.serverHops[0]!), 0, 'the way of the BYE is over');
  assert.equal(site.engine.dialogs.callsOver(site.serverHops[1]!), 1, 'the other way waits for its own BYE');
});

test('a party that comes back on another connection is followed there', () => {
  const { site, witness } = talking([], { servers: 2 });
  site.servers[1]!.request('INFO', { via: 'SIP/2.0/TCP 198.51.100.2;branch=z9hG4bK-b', fromTag: 'b1', toTag: 'a1' });
  site.settle();
  site.serverHops[0]?.close('replaced');
  assert.deepEqual(witness.ended, []);
  assert.equal(site.engine.dialogs.callsOver(site.serverHops[1]!), 1);
  site.serverHops[1]?.close('reset');
  assert.deepEqual(witness.ended, [['dropped', 'callee']]);
});

test('a call that is confirmed when its path is dead already ends at once', () => {
  const witness = new Witness();
  const site = new ProxySite({ watcher: witness, role: { replyHop: (_, from) => (from.isOpen ? undefined : from) } });
  site.client.request('INVITE');
  site.settle();
  const invite = site.server.take('INVITE');
  site.clientHop.close('reset');
  site.server.answer(invite, 200);
  site.settle();
  assert.deepEqual(witness.ended, [['dropped', 'caller']]);
  assert.equal(site.engine.dialogs.size, 0);
});

test('a dialog remembers what a BYE needs, to the letter', () => {
  const { witness } = talking();
  const dialog = witness.confirmed[0]!;
  const kept = [dialog.callId, dialog.caller.tag, dialog.caller.address, dialog.callee.target, ...dialog.caller.routes];
  assert.deepEqual(kept, [
    'call-1',
    'a1',
    'Alice <sip:alice@example.com>;tag=a1',
    'sip:bob@198.51.100.1',
    '<sip:edge.example.com;lr>',
  ]);
});

test('a watcher that throws costs neither the count nor the answer', () => {
  const onEnded = () => {
    throw new Error('broken');
  };
  const { site } = talking([], { watcher: { onEnded } });
  inDialog(site, 'BYE');
  site.server.answer(site.server.take('BYE'), 200);
  site.settle();
  site.client.take(200);
  assert.equal(site.engine.dialogs.stats().ended.bye, 1);
  assert.equal(site.engine.stats().failures, 1);
});

test('a call that this node gives up is counted as dropped, once', () => {
  const { site, witness } = talking();
  const dialog = witness.confirmed[0]!;
  site.engine.dialogs.drop(dialog);
  site.engine.dialogs.drop(dialog);
  assert.deepEqual(witness.ended, [['dropped', undefined]]);
  assert.deepEqual([site.engine.dialogs.size, site.engine.dialogs.callsOver(site.clientHop)], [0, 0]);
});

import { newStoreScript } from './store-script.js';

/**
 * Tells the store which devices are registered through a core, and learns what all cores have together.
 *
 * Each core has a set of devices that lasts for a lease, so the devices of a core that died leave the count by
 * themselves. The sets never overlap: a device that arrives at one core is taken out of the others'. A core whose lease ran
 * out, or of which the store knows nothing any more, is told so (`{0}`), and begins anew with all of its devices; those that
 * meanwhile arrived elsewhere stay there.
 *
 * KEYS: the cores by the time of their last sign of life, the peak, the store's mark, this core's set, this core's lease.
 * ARGV: mode (`begin`, `all`, `changes`), core, instance, lease in ms, life of the peak in ms, a new mark, prefix of the
 * sets, number of arrived devices, then these, then those that left. Gives {1, devices, peak, mark}.
 */
export const deviceScript = newStoreScript(`
local cores, peak, mark, own, lease = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local mode, core, instance, leaseMs, peakMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local prefix, arrived, first = ARGV[7], tonumber(ARGV[8]), 9
if mode ~= 'begin' and redis.call('GET', lease) ~= instance then return { 0 } end
if mode == 'begin' then redis.call('DEL', own) end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', lease, instance, 'PX', leaseMs)
redis.call('ZADD', cores, now, core)
redis.call('ZREMRANGEBYSCORE', cores, '-inf', now - leaseMs)
local others = {}
for _, name in ipairs(redis.call('ZRANGE', cores, 0, -1)) do
  if name ~= core then others[#others + 1] = prefix .. name end
end

local function isElsewhere(device)
  for _, set in ipairs(others) do
    if redis.call('SISMEMBER', set, device) == 1 then return true end
  end
  return false
end
for index = first, first + arrived - 1 do
  local device = ARGV[index]
  if mode == 'changes' then
    for _, set in ipairs(others) do redis.call('SREM', set, device) end
  end
  if mode == 'changes' or not isElsewhere(device) then redis.call('SADD', own, device) end
end
for index = first + arrived, #ARGV do redis.call('SREM', own, ARGV[index]) end

redis.call('PEXPIRE', own, leaseMs)
redis.call('PEXPIRE', cores, peakMs)
local devices = redis.call('SCARD', own)
for _, set in ipairs(others) do devices = devices + redis.call('SCARD', set) end
local highest = math.max(devices, tonumber(redis.call('GET', peak) or '0'))
redis.call('SET', peak, highest, 'PX', peakMs)
redis.call('SET', mark, ARGV[6], 'NX')
redis.call('PEXPIRE', mark, peakMs)
return { 1, devices, highest, redis.call('GET', mark) }
`);

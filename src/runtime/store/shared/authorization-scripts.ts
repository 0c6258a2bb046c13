import { newStoreScript } from './store-script.js';

// A user's stamps are a list, the oldest first, in microseconds of the store's own clock: the cores share no other. All
// that any permitted limit can look at are kept (100 stamps, one day), as in memory.
const prelude = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function text(stamp) return string.format('%.0f', stamp) end
local function keep()
  redis.call('LTRIM', KEYS[1], -100, -1)
  redis.call('PEXPIRE', KEYS[1], 86400000)
end
`;

/** Counts one authorization: KEYS stamps; ARGV maximum, period in ms. Gives {1, stamp} or {0, ms until there is room}. */
export const takeScript = newStoreScript(`${prelude}
-- A clock that was set back must not lock anybody out.
while true do
  local last = redis.call('LINDEX', KEYS[1], -1)
  if not last or tonumber(last) <= now then break end
  redis.call('RPOP', KEYS[1])
end
local period = ARGV[2] * 1000
local blocking = redis.call('LINDEX', KEYS[1], -ARGV[1])
if blocking and tonumber(blocking) > now - period then
  return { 0, math.ceil((blocking + period - now) / 1000) }
end
redis.call('RPUSH', KEYS[1], text(now))
keep()
return { 1, text(now) }
`);

/** Uncounts one: KEYS stamps; ARGV the stamp. */
export const giveBackScript = newStoreScript(`return redis.call('LREM', KEYS[1], -1, ARGV[1])`);

/** Counts what was granted while the store was away: KEYS stamps; ARGV the age of each in ms. Gives their stamps. */
export const catchUpScript = newStoreScript(`${prelude}
local added, all = {}, redis.call('LRANGE', KEYS[1], 0, -1)
for index, age in ipairs(ARGV) do
  added[index] = text(now - age * 1000)
  all[#all + 1] = added[index]
end
table.sort(all, function(a, b) return tonumber(a) < tonumber(b) end)
redis.call('DEL', KEYS[1])
for _, stamp in ipairs(all) do redis.call('RPUSH', KEYS[1], stamp) end
keep()
return added
`);

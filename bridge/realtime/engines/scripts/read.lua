-- 1, the epoch, the top, and the records that are kept: after a place, where that is of this epoch and not too old.
-- KEYS: life, meta, stream, state. ARGV: an epoch if there is no channel; the milliseconds until it is forgotten, and
-- that are kept; the epoch and the offset of the place, or nothing.
local life = redis.call('GET', KEYS[1])
if not is_alive(life) then
  return other_life(life)
end
local channel = opened(life, KEYS[2], KEYS[3], KEYS[4], ARGV[1], ARGV[2])
if trimmed(channel, KEYS[3], math.huge, math.huge, milliseconds() - ARGV[3]) then
  redis.call('HSET', KEYS[2], 'f', channel.first, 'a', channel.oldest, 'b', channel.bytes)
end
local from = channel.first
if ARGV[4] == channel.epoch then
  local next = tonumber(ARGV[5]) + 1
  if next <= channel.top + 1 then
    from = next
  end
end
local records = {}
if from <= channel.top then
  for place, entry in ipairs(redis.call('XRANGE', KEYS[3], from, '+')) do
    records[place] = entry[2][2]
  end
end
return {1, channel.epoch, channel.top, records}

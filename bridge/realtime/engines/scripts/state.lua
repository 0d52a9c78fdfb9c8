-- 1, the epoch, the top, and the record of each key that holds there.
-- KEYS: life, meta, stream, state. ARGV: an epoch if there is no channel; the milliseconds until it is forgotten.
local life = redis.call('GET', KEYS[1])
if not is_alive(life) then
  return other_life(life)
end
local channel = opened(life, KEYS[2], KEYS[3], KEYS[4], ARGV[1], ARGV[2])
return {1, channel.epoch, channel.top, redis.call('HVALS', KEYS[4])}

-- Adds a message: 1 and its place. 2 and the place where it was published before; 3 and 4 where its key would be one
-- too many, or the state too large.
-- KEYS: life, meta, stream, state, and where an idempotency key is remembered, if it has one.
-- ARGV: an epoch if it is the first; where it is told; 0 no key, 1 the key holds, 2 the key ends; the key; the record
-- from the length of the key on; then messages, bytes and milliseconds that are kept, keys and bytes of the state,
-- milliseconds until the channel is forgotten, and until the idempotency key is.
local META, STREAM, STATE, REPEATS = KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local life = redis.call('GET', KEYS[1])
if not is_alive(life) then
  return other_life(life)
end
local idle = ARGV[11]
local channel = opened(life, META, STREAM, STATE, ARGV[1], idle)
if REPEATS then
  local before = redis.call('GET', REPEATS)
  if before and string.sub(before, 1, 16) == channel.epoch then
    return {2, channel.epoch, tonumber(string.sub(before, 18))}
  end
end

local holds, key, rest = ARGV[3], ARGV[4], ARGV[5]
local size = #rest - 2 - #key
local keys, state_bytes = channel.keys, channel.state_bytes
if holds ~= '0' then
  local before = redis.call('HGET', STATE, key)
  if before then
    keys = keys - 1
    state_bytes = state_bytes - data_size(before)
  end
  if holds == '1' then
    keys = keys + 1
    state_bytes = state_bytes + size
    if keys > tonumber(ARGV[9]) then
      return {3}
    end
    if state_bytes > tonumber(ARGV[10]) then
      return {4}
    end
  end
end

local now = milliseconds()
local offset = channel.top + 1
local record = struct.pack('>I8I8', offset, now) .. rest
redis.call('XADD', STREAM, offset, 'm', record)
if channel.first == offset then
  channel.oldest = now
end
channel.top = offset
channel.bytes = channel.bytes + size
trimmed(channel, STREAM, tonumber(ARGV[6]), tonumber(ARGV[7]), now - ARGV[8])
if holds == '1' then
  redis.call('HSET', STATE, key, record)
elseif holds == '2' then
  redis.call('HDEL', STATE, key)
end
redis.call(
  'HSET', META, 'o', offset, 'f', channel.first, 'a', channel.oldest, 'b', channel.bytes, 'n', keys, 's', state_bytes
)
for each = 2, 4 do
  redis.call('PEXPIRE', KEYS[each], idle)
end
if REPEATS then
  redis.call('SET', REPEATS, channel.epoch .. ' ' .. string.format('%.0f', offset), 'PX', ARGV[12])
end
redis.call('SPUBLISH', ARGV[2], channel.epoch .. record)
return {1, channel.epoch, offset}

-- Has somebody count as present. KEYS: life, who is there, until when. ARGV: id, who, milliseconds.
local now = milliseconds()
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now)) do
  redis.call('ZREM', KEYS[3], gone)
  redis.call('HDEL', KEYS[2], gone)
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[3], 'GT', now + ARGV[3], ARGV[1])
for each = 2, 3 do
  -- Each enters for a time of his own: they go with the last.
  if redis.call('PTTL', KEYS[each]) < tonumber(ARGV[3]) then
    redis.call('PEXPIRE', KEYS[each], ARGV[3])
  end
end
return {1}

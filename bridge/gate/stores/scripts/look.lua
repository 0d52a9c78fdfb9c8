-- KEYS: life, revocations, window. ARGV: epoch. Whether a session has its window, and where the revocations stand.
local found = redis.call('MGET', KEYS[1], KEYS[2], KEYS[3])
if not is_alive(found[1]) or string.sub(found[1], 1, 16) ~= ARGV[1] or not found[3] then
  return other_life(found[1])
end
return {1, tonumber(found[2] or 0)}

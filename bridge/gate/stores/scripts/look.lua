-- KEYS: life, window. ARGV: epoch. Whether a session has its window.
local found = redis.call('MGET', KEYS[1], KEYS[2])
if not is_alive(found[1]) or string.sub(found[1], 1, 16) ~= ARGV[1] or not found[2] then
  return other_life(found[1])
end
return {1}

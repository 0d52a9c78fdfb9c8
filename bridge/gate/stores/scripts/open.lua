-- KEYS: life, window. ARGV: epoch, milliseconds. Makes the window of a new session; 2 where there is one already.
local life = redis.call('GET', KEYS[1])
if not is_alive(life) or string.sub(life, 1, 16) ~= ARGV[1] then
  return other_life(life)
end
-- The highest number in 4 bytes, then a ring of 128 bytes: a bit for each number.
if not redis.call('SET', KEYS[2], string.rep('\0', 132), 'NX', 'PX', ARGV[2]) then
  return {2}
end
return {1}

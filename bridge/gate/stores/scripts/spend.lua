-- KEYS: life, what is spent. ARGV: epoch, milliseconds. 2 where it was spent before.
local life = redis.call('GET', KEYS[1])
if not is_alive(life) or string.sub(life, 1, 16) ~= ARGV[1] then
  return other_life(life)
end
if not redis.call('SET', KEYS[2], '', 'NX', 'PX', ARGV[2]) then
  return {2}
end
return {1}

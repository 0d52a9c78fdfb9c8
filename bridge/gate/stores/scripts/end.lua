-- KEYS: life, window. ARGV: epoch. Takes no number of a session any more: its window is empty for the rest of its time.
local life = redis.call('GET', KEYS[1])
if not is_alive(life) or string.sub(life, 1, 16) ~= ARGV[1] then
  return other_life(life)
end
redis.call('SET', KEYS[2], '', 'XX', 'KEEPTTL')
return {1}

-- 1, then the epoch and the top of each channel.
-- KEYS: life, then meta, stream and state of each. ARGV: the milliseconds until one is forgotten, then for each an
-- epoch if it is not there.
local life = redis.call('GET', KEYS[1])
if not is_alive(life) then
  return other_life(life)
end
local found = {1}
for place = 1, #ARGV - 1 do
  local meta = 3 * place - 1
  local channel = opened(life, KEYS[meta], KEYS[meta + 1], KEYS[meta + 2], ARGV[place + 1], ARGV[1])
  found[2 * place] = channel.epoch
  found[2 * place + 1] = channel.top
end
return found

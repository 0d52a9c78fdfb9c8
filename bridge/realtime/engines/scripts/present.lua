-- 1, then id and who of each that is there. KEYS: life, who is there, until when.
local found = {1}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. milliseconds(), '+inf')) do
  found[#found + 1] = id
  found[#found + 1] = redis.call('HGET', KEYS[2], id)
end
return found

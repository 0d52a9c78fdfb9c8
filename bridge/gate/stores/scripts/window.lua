-- One request: the session's number against its window, and every limit, whole or not at all.
-- KEYS: life, window, then one for each limit.
-- ARGV: epoch, then for each limit what a request costs, what may be owed (both in microseconds), and 1 in shadow;
-- then the number.
local WINDOW = 960
local BYTES = 128
local found = redis.call('MGET', unpack(KEYS))
local life, seen = found[1], found[2]
if not is_alive(life) or string.sub(life, 1, 16) ~= ARGV[1] or not seen then
  return other_life(life)
end
if seen == '' then
  return {1}
end

-- RFC 6479: a number is a bit of a byte, and a byte of the ring is taken over by the numbers that come round to it.
local number = tonumber(ARGV[#ARGV])
local top = struct.unpack('>I4', seen)
local byte, bit_of = math.floor(number / 8), bit.lshift(1, number % 8)
local at = byte % BYTES
if number <= top then
  local marked = string.byte(seen, 5 + at)
  if top - number > WINDOW or bit.band(marked, bit_of) ~= 0 then
    return {2, top + 1}
  end
  redis.call('SETRANGE', KEYS[2], 4 + at, string.char(bit.bor(marked, bit_of)))
else
  local top_byte = math.floor(top / 8)
  if byte == top_byte then
    bit_of = bit.bor(string.byte(seen, 5 + at), bit_of)
  elseif byte > top_byte + 1 then
    local ring = {string.byte(seen, 5, 4 + BYTES)}
    for passed = math.max(top_byte + 1, byte - BYTES), byte do
      ring[1 + passed % BYTES] = 0
    end
    redis.call('SETRANGE', KEYS[2], 4, string.char(unpack(ring)))
  end
  redis.call('SETRANGE', KEYS[2], 0, struct.pack('>I4', number))
  redis.call('SETRANGE', KEYS[2], 4 + at, string.char(bit_of))
end

-- GCRA by the server's own clock: of each limit the time is kept at which its debt will be paid.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local paid, order = {}, {}
local told, remaining, reset, shadowed = 0, math.huge, 0, 0
for limit = 1, #KEYS - 2 do
  local key = KEYS[2 + limit]
  local cost, most = tonumber(ARGV[3 * limit - 1]), tonumber(ARGV[3 * limit])
  local in_shadow = ARGV[3 * limit + 1] == '1'
  if not paid[key] then
    order[#order + 1] = key
    paid[key] = math.max(now, tonumber(found[2 + limit] or now))
  end
  local debt = paid[key] - now
  if debt + cost <= most then
    debt = debt + cost
    paid[key] = now + debt
    local left = math.floor((most - debt) / cost)
    if not in_shadow and left < remaining then
      told, remaining, reset = limit, left, debt
    end
  elseif in_shadow then
    shadowed = shadowed + 2 ^ (limit - 1)
  else
    -- The number is spent, and no limit was charged yet.
    return {3, limit, debt, debt + cost - most, shadowed}
  end
end
for _, key in ipairs(order) do
  local debt = paid[key] - now
  if debt > 0 then
    redis.call('SET', key, string.format('%.0f', paid[key]), 'PX', math.ceil(debt / 1000))
  end
end
return {4, told, told == 0 and 0 or remaining, reset, shadowed}

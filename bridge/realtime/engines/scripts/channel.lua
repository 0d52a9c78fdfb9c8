-- A channel is a stream of its last messages, the hash of its state, and what is known of it, its meta: e epoch, l the
-- life that it is of, o the newest offset, f the oldest that is kept, a when that came, b bytes that are kept, n keys
-- and s bytes of its state.
-- A message is a record: offset (8), milliseconds (8), 0 or 1 + the length of its key (2), the key, the data.
local RECORD_HEAD = 18
local PAGE = 63

local function milliseconds()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function data_size(record)
  return #record - RECORD_HEAD - math.max(0, struct.unpack('>I2', record, 17) - 1)
end

-- The channel as it is. What is of another life, or not whole, is deleted: it begins anew, with the epoch given.
local function opened(life, meta, stream, state, new_epoch, idle)
  local known = redis.call('HMGET', meta, 'e', 'l', 'o', 'f', 'a', 'b', 'n', 's')
  local channel = {
    epoch = known[1],
    top = tonumber(known[3]),
    first = tonumber(known[4]),
    oldest = tonumber(known[5]),
    bytes = tonumber(known[6]),
    keys = tonumber(known[7]),
    state_bytes = tonumber(known[8]),
  }
  if
    known[2] == string.sub(life, 1, 16)
    and redis.call('XLEN', stream) == channel.top - channel.first + 1
    and redis.call('HLEN', state) == channel.keys
  then
    return channel
  end
  redis.call('DEL', meta, stream, state)
  redis.call('HSET', meta, 'e', new_epoch, 'l', string.sub(life, 1, 16), 'o', 0, 'f', 1, 'a', 0, 'b', 0, 'n', 0, 's', 0)
  redis.call('PEXPIRE', meta, idle)
  return {epoch = new_epoch, top = 0, first = 1, oldest = 0, bytes = 0, keys = 0, state_bytes = 0}
end

-- Takes from the stream what is more than may be kept; the newest message stays. Says whether there was any.
local function trimmed(channel, stream, messages, bytes, since)
  local first = channel.first
  -- Mostly one goes where one came; what is old goes many at a time.
  local page, place, more = {}, 0, 1
  while
    channel.first < channel.top
    and (channel.top - channel.first + 1 > messages or channel.bytes > bytes or channel.oldest <= since)
  do
    if place >= #page then
      page, place, more = redis.call('XRANGE', stream, channel.first, channel.first + more), 1, PAGE
    end
    channel.bytes = channel.bytes - data_size(page[place][2][2])
    place = place + 1
    channel.oldest = struct.unpack('>I8', page[place][2][2], 9)
    channel.first = channel.first + 1
  end
  if channel.first == first then
    return false
  end
  redis.call('XTRIM', stream, 'MINID', channel.first)
  return true
end

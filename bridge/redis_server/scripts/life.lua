-- One life of what is kept here. It stands as: epoch (16), run id (40), replication id (40), with a space between.
-- The two ids say which server made it, and since when that server leads. A promoted replica has another run id and
-- gets another replication id; a server that was started anew has two others; one that followed another for a while
-- and leads again has another replication id. In none of them what is kept is all that was told to clients.
local function is_alive(life)
  if not life then
    return false
  end
  local server = redis.call('INFO', 'server', 'replication')
  return string.find(server, 'run_id:' .. string.sub(life, 18, 57) .. '\r', 1, true) ~= nil
    and string.find(server, 'master_replid:' .. string.sub(life, 59, 98) .. '\r', 1, true) ~= nil
end

-- What is told where a request is of another life: the one that is now, or nothing where somebody has to begin one.
local function other_life(life)
  return {0, is_alive(life) and string.sub(life, 1, 16) or false}
end

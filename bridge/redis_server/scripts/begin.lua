-- KEYS: life. ARGV: 16 random hex digits. Gives the epoch of the life that is now, after beginning it where it has to.
local life = redis.call('GET', KEYS[1])
if is_alive(life) then
  return string.sub(life, 1, 16)
end
local server = redis.call('INFO', 'server', 'replication')
local run_id = string.match(server, 'run_id:(%x+)\r')
local replication_id = string.match(server, 'master_replid:(%x+)\r')
if not run_id or #run_id ~= 40 or not replication_id or #replication_id ~= 40 then
  return redis.error_reply('NOTNAMED the server does not say its run id and its replication id')
end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. run_id .. ' ' .. replication_id)
return ARGV[1]

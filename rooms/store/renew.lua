-- renew: move leases forward that still exist; one that was reaped is not brought back (RELIABILITY 2: a ghost is a verdict).
--
-- KEYS    leases (zset member to until), seen (zset member to last inbound frame), of one clinic
-- ARGV    echo, more milliseconds than any lease or grace lasts, then for each session: member, until, seen
-- result  {echo, n, ...}  the sessions, numbered from 1, that have no lease any more

local missing = {ARGV[1]}
for i = 3, #ARGV, 3 do
  local until_ = redis.call("ZSCORE", KEYS[1], ARGV[i])
  if not until_ then
    missing[#missing + 1] = i / 3
  elseif tonumber(until_) - tonumber(ARGV[i + 1]) > tonumber(ARGV[2]) then
    -- No lease is that long: the clock by which it was written was set back since, and what it says is in the future.
    redis.call("ZADD", KEYS[1], ARGV[i + 1], ARGV[i])
    redis.call("ZADD", KEYS[2], ARGV[i + 2], ARGV[i])
  else
    redis.call("ZADD", KEYS[1], "GT", ARGV[i + 1], ARGV[i])
    redis.call("ZADD", KEYS[2], "GT", ARGV[i + 2], ARGV[i])
  end
end
return missing

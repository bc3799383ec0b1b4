-- renew: move leases forward that still exist; one that was reaped is not brought back (RELIABILITY 2: a ghost is a verdict).
--
-- KEYS    leases (zset member to until), seen (zset member to last inbound frame), of one clinic
-- ARGV    echo, then for each session: member, until, seen
-- result  {echo, n, ...}  the sessions, numbered from 1, that have no lease any more

local missing = {ARGV[1]}
for i = 2, #ARGV, 3 do
  if redis.call("ZSCORE", KEYS[1], ARGV[i]) then
    redis.call("ZADD", KEYS[1], "GT", ARGV[i + 1], ARGV[i])
    redis.call("ZADD", KEYS[2], "GT", ARGV[i + 2], ARGV[i])
  else
    missing[#missing + 1] = (i + 1) / 3
  end
end
return missing

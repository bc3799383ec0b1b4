-- renew: move leases forward that still exist; one that was reaped is not brought back.
--
-- A process that was stopped for a minute, or was cut off from Redis, goes on as if nothing had been and
-- renews what it had. Meanwhile another process has written that these people were last heard of a minute
-- ago and has ended their intervals, and they may sit with it by now. To set their leases again would make
-- ghosts, on which a visit's outcome would rest (RELIABILITY 2). So what is gone is answered and stays
-- gone; the caller reads the floor, which says what became of them. GT: renewals overtake each other, and
-- an older one must not make a lease shorter.
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

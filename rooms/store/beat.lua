-- beat: a process can serve joins now; a silence before it that was long enough is written down (F3 b).
--
-- KEYS    beat (string: the last beat of any process), outages (zset "start:end" to end)
-- ARGV    echo, now, the shortest silence that counts (milliseconds)
-- result  {echo}

local now, last = tonumber(ARGV[2]), tonumber(redis.call("GET", KEYS[1]) or nil)
if last and now - last >= tonumber(ARGV[3]) then
  redis.call("ZADD", KEYS[2], ARGV[2], string.format("%.0f:%.0f", last, now))
end
-- Two processes' beats may cross: the newest stands. But one from further ahead than an outage lasts was written before the
-- store's clock was set back; left there, it would hide every outage until that time comes again.
if not last or now > last or last - now >= tonumber(ARGV[3]) then redis.call("SET", KEYS[1], ARGV[2]) end
return {ARGV[1]}

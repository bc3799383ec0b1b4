-- take: count one more of something that is limited; the count ends with its window.
--
-- KEYS    count (string)
-- ARGV    echo, the most in a window, the window in milliseconds
-- result  {echo, 0}             one more is allowed
--         {echo, milliseconds}  none is, for so long

local count = redis.call("INCR", KEYS[1])
if count == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[3]) end
if count <= tonumber(ARGV[2]) then return {ARGV[1], 0} end
return {ARGV[1], math.max(1, redis.call("PTTL", KEYS[1]))}

-- arrival: all a join reads, in one round trip and at one instant. Writes nothing.
--
-- KEYS    clinic, practitioners (hash), pn (hash number to id), floor, and an appointment where one is asked for
-- ARGV    echo, practitioner number
-- result  {echo, clinic, practitioner, floor, appointment}, nil for what is not stored

local id = redis.call("HGET", KEYS[3], ARGV[2])
return {
  ARGV[1],
  redis.call("GET", KEYS[1]),
  id and redis.call("HGET", KEYS[2], id),
  redis.call("GET", KEYS[4]),
  KEYS[5] and redis.call("GET", KEYS[5]) or false,
}

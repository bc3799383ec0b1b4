-- commit: compare everything, then write everything or nothing. It decides nothing (HOUSE: "Redis compares, writes and numbers").
--
-- KEYS    every key that is read or written, each once; all of one clinic, so of one Cluster slot
-- ARGV    echo
--         number of checks, then each: kind, index into KEYS, and
--           "string" version                   the record stored there has this version ("0": nothing is stored)
--           "field"  field version             the record in that field of a hash likewise ("?": a text without a version)
--           "score"  member score              the member's score ("": it is no member)
--           "head"   value                     the list's first element ("": it is empty)
--           "range"  min max past n (member score)  exactly these n members "<no>:<end>…" have scores in [min, max) and end
--                                              after `past`, in this order
--         number of writes, then each: command, index into KEYS, number of further arguments, those arguments
--           EMIT: to the list at that key "<seq> <text>", the seq counted for a field of a hash; its further arguments are
--           that hash's index into KEYS, the field, the text
--           NEXT: the text as the record at that key, one version on from what is there
-- result  {echo, "ok"}           all written
--         {echo, "conflict", n}  check n (from 1) did not hold; nothing written
-- error   BADCOMMIT              a malformed call, which is a mistake in commit_plan.py; nothing written
--
-- The echo is the first thing in every answer, and the caller compares it with its own (RELIABILITY 2). In March 2023 a cancelled call of an asyncio
-- client left its reply on the connection, the next caller took it for its own, and people were shown what belonged to others. Here an answer that
-- begins with another call's echo is an error, and the connection is given up with whatever is left on it.

local WRITES = {
  SET = true, DEL = true, HSET = true, HDEL = true, ZADD = true, ZREM = true, RPUSH = true,
  LPOP = true, LPUSH = true, LTRIM = true, EMIT = true, NEXT = true,
}
local at = 1

local function take()
  at = at + 1
  return ARGV[at]
end

local function version(value)
  if not value then return "0" end
  return string.match(value, "^(%d+) ") or "?"
end

local CHECKS = {}

function CHECKS.string(key)
  return version(redis.call("GET", key)) == take()
end

function CHECKS.field(key)
  local field = take()
  return version(redis.call("HGET", key, field)) == take()
end

function CHECKS.score(key)
  local score, expected = redis.call("ZSCORE", key, take()), take()
  if expected == "" then return not score end
  return score and tonumber(score) == tonumber(expected)
end

function CHECKS.head(key)
  return (redis.call("LINDEX", key, 0) or "") == take()
end

function CHECKS.range(key)
  local min, max, past, expected = take(), take(), tonumber(take()), {}
  for i = 1, 2 * tonumber(take()) do expected[i] = take() end
  local found, n = redis.call("ZRANGEBYSCORE", key, min, "(" .. max, "WITHSCORES"), 0
  for i = 1, #found, 2 do
    if tonumber(string.match(found[i], "^[^:]*:(%d+)")) > past then
      if found[i] ~= expected[n + 1] or tonumber(found[i + 1]) ~= tonumber(expected[n + 2]) then return false end
      n = n + 2
    end
  end
  return n == #expected
end

for n = 1, tonumber(take()) do
  local check, key = CHECKS[take()], KEYS[tonumber(take())]
  if not check or not key then return redis.error_reply("BADCOMMIT check " .. n) end
  if not check(key) then return {ARGV[1], "conflict", n} end
end

local writes = {}
for n = 1, tonumber(take()) do
  local command, key, count = take(), KEYS[tonumber(take())], tonumber(take())
  local known = WRITES[command] and key
  if not known or (command == "EMIT" and not KEYS[tonumber(ARGV[at + 1])]) then
    return redis.error_reply("BADCOMMIT write " .. n)
  end
  writes[n] = {command, key, at + 1, at + count}
  at = at + count
end
if at ~= #ARGV then return redis.error_reply("BADCOMMIT length") end

for _, write in ipairs(writes) do
  if write[1] == "EMIT" then
    local seq = redis.call("HINCRBY", KEYS[tonumber(ARGV[write[3]])], ARGV[write[3] + 1], 1)
    redis.call("RPUSH", write[2], string.format("%.0f %s", seq, ARGV[write[3] + 2]))
  elseif write[1] == "NEXT" then
    local there = tonumber(version(redis.call("GET", write[2]))) or 0
    redis.call("SET", write[2], string.format("%.0f %s", there + 1, ARGV[write[3]]))
  else
    redis.call(write[1], write[2], unpack(ARGV, write[3], write[4]))
  end
end
return {ARGV[1], "ok"}

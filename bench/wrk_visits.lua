-- Open counsel's page, then answer on it: each line of the file is a path and an address to come from.
local threads = {}
used, dry, posted = 0, 0, 0
local waiting = {}

function setup(thread) threads[#threads + 1] = thread end

function init(args)
  seats = {}
  for line in io.lines(args[1]) do
    local path, from = line:match("^(%S+) (%S+)$")
    seats[#seats + 1] = {path, from}
  end
end

local function headers(from, more)
  local told = {["X-Forwarded-For"] = from, ["User-Agent"] = "Mozilla/5.0", ["Host"] = "127.0.0.1"}
  for name, value in pairs(more or {}) do told[name] = value end
  return told
end

function request()
  local answer = table.remove(waiting)
  if answer then
    posted = posted + 1
    return wrk.format("POST", answer.path, headers("10.9.9." .. posted % 250,
      {["Content-Type"] = "application/x-www-form-urlencoded"}), answer.body)
  end
  if used >= #seats then
    dry = 1
    wrk.thread:stop()
    return wrk.format("GET", "/healthz", headers("10.9.8.1"))
  end
  used = used + 1
  return wrk.format("GET", seats[used][1], headers(seats[used][2]))
end

function response(status, _, body)
  if status ~= 200 then return end
  local nonce = body:match('name="nonce" value="([^"]+)"')
  if not nonce then return end
  local path = body:match('<form method="post" action="([^"]+)" class="answer"')
  local said = "nonce=" .. nonce
  for slot in body:gmatch('<fieldset class="slot[^>]* id="(slot%-%d+)"') do
    said = said .. "&" .. slot .. "=yes"
  end
  waiting[#waiting + 1] = {path = path, body = said}
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "micros": %d, "p50": %d, "p99": %d, "slowest": %d, "used": %d, "dry": %d, "posted": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    threads[1]:get("used"), threads[1]:get("dry"), threads[1]:get("posted"), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end

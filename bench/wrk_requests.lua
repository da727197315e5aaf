-- Send requests that a file holds, each once: eight digits of length, then the request's bytes.
local threads = {}
used, dry = 0, 0

function setup(thread) threads[#threads + 1] = thread end

function init(args)
  requests = {}
  local file = assert(io.open(args[1], "rb"))
  while true do
    local size = file:read(8)
    if not size then break end
    requests[#requests + 1] = file:read(tonumber(size))
  end
  file:close()
end

function request()
  if used >= #requests then
    dry = 1
    wrk.thread:stop()
    return requests[#requests]
  end
  used = used + 1
  return requests[used]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "micros": %d, "p50": %d, "p99": %d, "slowest": %d, "used": %d, "dry": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    threads[1]:get("used"), threads[1]:get("dry"), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end

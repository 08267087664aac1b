-- GETs one after the other, each of the next session. With the argument `check` every answer is looked at, which costs.
local asked = 0
local requests = {}
local threads = {}
wrong = 0

function setup(thread)
  threads[#threads + 1] = thread
end

function init(args)
  for i = 0, 2999 do
    requests[i] = wrk.format("GET", "/app/page?q=" .. i, { Cookie = "ROUTEID=.node" .. i % 3 })
  end
  if args[1] == "check" then
    function response(status, _, body)
      if status ~= 200 or #body ~= 128 then wrong = wrong + 1 end
    end
  end
end

function request()
  asked = asked + 1
  return requests[asked % 3000]
end

function done(summary)
  local bad = { wrong = 0 }
  for _, thread in ipairs(threads) do bad.wrong = bad.wrong + thread:get("wrong") end
  for kind, count in pairs(summary.errors) do bad[kind] = count end
  local kinds = {}
  for kind, count in pairs(bad) do kinds[#kinds + 1] = string.format('"%s":%d', kind, count) end
  io.write(string.format('\n{"requests":%d,"micros":%d,"bytes":%d,"bad":{%s}}\n',
    summary.requests, summary.duration, summary.bytes, table.concat(kinds, ",")))
end

-- What Lua programs do: tables, strings, closures, methods, metatables, patterns, sorting.
local seed = 42
local function random(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 65536 % n
end

-- objects with inheritance
local Shape = {}
Shape.__index = Shape
function Shape.new(x, y) return setmetatable({x = x, y = y}, Shape) end
function Shape:area() return 0 end
local Box = setmetatable({}, {__index = Shape})
Box.__index = Box
function Box.new(x, y, w, h) return setmetatable({x = x, y = y, w = w, h = h}, Box) end
function Box:area() return self.w * self.h end

local shapes = {}
for i = 1, 3000 do
    shapes[i] = i % 3 == 0 and Shape.new(i, i) or Box.new(i, i, random(9) + 1, random(9) + 1)
end
local area = 0
for _ = 1, 6 do
    for _, s in ipairs(shapes) do area = area + s:area() end
    table.sort(shapes, function(a, b)
        local p, q = a:area(), b:area()
        if p ~= q then return p < q end
        return a.x < b.x
    end)
end
print("area", area)

-- closures and higher functions
local function map(f, t) local r = {} for i = 1, #t do r[i] = f(t[i]) end return r end
local function fold(f, a, t) for i = 1, #t do a = f(a, t[i]) end return a end
local function adder(n) return function(x) return x + n end end
local numbers = {}
for i = 1, 400 do numbers[i] = i end
local total = 0
for i = 1, 40 do
    total = (total + fold(function(a, b) return (a * 31 + b) % 1000003 end, 7, map(adder(i), numbers))) % 1000003
end
print("fold", total)

-- strings: building, patterns, word counts
local words = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"}
local parts = {}
for i = 1, 8000 do parts[#parts + 1] = words[random(8) + 1] .. (random(5) == 0 and "," or "") end
local text = table.concat(parts, " ")
local counts = {}
for w in text:gmatch("%a+") do counts[w] = (counts[w] or 0) + 1 end
for _, w in ipairs(words) do print(w, counts[w]) end
print(#text:gsub("(%a+), (%a+)", "%2; %1"), text:upper():find("THETA ALPHA", 1, true))
local s = ""
for i = 1, 600 do s = s .. string.format("%d:%x;", i, i * i) end
print(#s, s:reverse():sub(1, 20))

-- numbers: sieve, fibonacci, matrix, mandelbrot
local function sieve(n)
    local p, c = {}, 0
    for i = 2, n do
        if not p[i] then
            c = c + 1
            for k = i * i, n, i do p[k] = true end
        end
    end
    return c
end
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print("sieve", sieve(60000), "fib", fib(22))
local n, a, b = 28, {}, {}
for i = 1, n do
    a[i], b[i] = {}, {}
    for j = 1, n do a[i][j], b[i][j] = random(100) / 4, random(100) / 8 end
end
local trace = 0.0
for i = 1, n do
    for j = 1, n do
        local sum = 0.0
        for k = 1, n do sum = sum + a[i][k] * b[k][j] end
        if i == j then trace = trace + sum end
    end
end
print("trace", trace)
local inside = 0
for py = 0, 29 do
    for px = 0, 29 do
        local cx, cy, x, y = px / 15 - 1.5, py / 15 - 1, 0.0, 0.0
        local i = 0
        while i < 60 and x * x + y * y < 4 do x, y, i = x * x - y * y + cx, 2 * x * y + cy, i + 1 end
        inside = inside + i
    end
end
print("mandel", inside)

-- backtracking
local function queens(size, row, cols, d1, d2)
    if row > size then return 1 end
    local found = 0
    for c = 1, size do
        if not cols[c] and not d1[row + c] and not d2[row - c] then
            cols[c], d1[row + c], d2[row - c] = true, true, true
            found = found + queens(size, row + 1, cols, d1, d2)
            cols[c], d1[row + c], d2[row - c] = nil, nil, nil
        end
    end
    return found
end
print("queens", queens(7, 1, {}, {}, {}))
